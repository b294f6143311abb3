package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Connections that break before an answer begins, because they were old or because the provider is at fault. */
class StaleConnectionTest {

    private static final int POOLED = 50;
    private static final FakeReply HELLO = Language.OPENAI.answer("Hello");

    private static final List<FakeReply> BREAKING =
            List.of(FakeReply.sse().resetBeforeHead(), FakeReply.sse().closeBeforeHead());
    private static final List<Consumer<TestUpstream>> LEAVING = List.of(
            test -> test.fake.closeIdleConnections(), test -> test.fake.resetIdleConnections());

    private final TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(HELLO);
    private final ProviderCall call = TestUpstream.call();

    @BeforeEach
    void fillThePool() {
        CountDownLatch here = new CountDownLatch(POOLED);
        test.fake.replyWith(_ -> {
            here.countDown();
            return HELLO.awaitLatchBeforeHead(here);
        });
        assertThat(burst()).allMatch(Answer::complete);
        assertThat(test.fake.acceptedConnections()).isEqualTo(POOLED);
        test.reply(HELLO);
    }

    @AfterEach
    void nothingIsLeft() {
        test.assertNothingLeft();
        test.close();
    }

    private List<Answer> burst() {
        return Stream.generate(() -> test.asking(new Cancellation())).limit(POOLED).toList().stream()
                .map(OnVirtualThread::join).toList();
    }

    private Answer ask() {
        return OnVirtualThread.call(() -> test.answer(call));
    }

    @ParameterizedTest
    @FieldSource("LEAVING")
    @DisplayName("T46: a whole pool of connections that the provider has left fails nobody")
    void manyOldConnections(Consumer<TestUpstream> leaving) {
        leaving.accept(test);
        test.fake.awaitOpenConnections(0, Duration.ofSeconds(5));
        assertThat(burst()).allMatch(Answer::complete);
        assertThat(ask().complete()).isTrue();
        assertThat(call.attempts()).isEqualTo(1);
        assertThat(test.fake.requests()).hasSize(2 * POOLED + 1);
    }

    @ParameterizedTest
    @FieldSource("BREAKING")
    @DisplayName("T46: a connection that breaks as it is used is replaced by a new one, not by another old one")
    void replacedByANewOne(FakeReply breaking) {
        test.fake.enqueue(breaking);
        assertThat(ask().complete()).isTrue();
        assertThat(call.attempts()).isEqualTo(1);
        assertThat(test.fake.requests().getLast().connection()).isGreaterThan(POOLED);
    }

    @ParameterizedTest
    @FieldSource("BREAKING")
    @DisplayName("T46: if the new connection breaks, too, both were attempts, and there is one failure")
    void brokenByTheProvider(FakeReply breaking) {
        test.reply(breaking);
        Answer answer = ask();
        assertThat(answer.failure()).isInstanceOf(Failure.Unreachable.class);
        assertThat(answer.failure().message()).contains("'test'", "broke the connection");
        assertThat(answer.exception()).isEqualTo(TransportException.class);
        assertThat(answer.interrupted()).isFalse();
        assertThat(call.attempts()).isEqualTo(2);
        assertThat(test.fake.requests()).hasSize(POOLED + 2);
    }

    @ParameterizedTest
    @FieldSource("BREAKING")
    @DisplayName("A further attempt begins with a new connection, of which nothing is made good")
    void furtherAttempts(FakeReply breaking) {
        call.countFrom(1);
        test.reply(breaking);
        assertThat(ask().exception()).isEqualTo(TransportException.class);
        assertThat(call.attempts()).isEqualTo(2);
        assertThat(test.fake.requests()).hasSize(POOLED + 1);
        assertThat(test.fake.requests().getLast().connection()).isGreaterThan(POOLED);
    }

    @Test
    @DisplayName("Who has gone altogether is not taken for one who has left a connection")
    void refusedOrAnswered() {
        test.reply(FakeReply.status(503));
        assertThat(broke(ask())).isFalse();
        test.fake.close();
        // The first may meet an old connection.
        ask();
        assertThat(broke(ask())).isFalse();
    }

    private static boolean broke(Answer answer) {
        return ((TransportException) answer.thrown().orElseThrow()).connectionBroke();
    }
}
