package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("T01: a cancel closes the provider's connection within 250 ms, whatever the reader is at")
class HttpUpstreamCancelTest {

    private static final Failure GONE = new Failure.ClientGone("the client went away");
    private static final Duration LIMIT = Duration.ofMillis(250);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch reached = new CountDownLatch(1);

    /** Cancels once the provider has come to {@link #reached}. */
    private Answer cancelledWhen(TestUpstream test, OnVirtualThread<Answer> asking) throws InterruptedException {
        List<LogRecord> warnings = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(HttpUpstream.class.getName());
        log.setFilter(record -> record.getLevel() != Level.WARNING || !warnings.add(record));
        try {
            return cancelled(test, asking);
        } finally {
            log.setFilter(null);
            assertThat(warnings).as("whoever is called off has done nothing wrong").isEmpty();
        }
    }

    private Answer cancelled(TestUpstream test, OnVirtualThread<Answer> asking) throws InterruptedException {
        reached.await();
        long cancelledAt = System.nanoTime();
        cancellation.cancel(GONE);
        assertThat(test.fake.awaitDisconnect(LONG).since(cancelledAt)).isLessThan(LIMIT);
        Answer answer = asking.join();
        assertThat(answer.failure()).isEqualTo(GONE);
        // T06: neither retried nor counted by the breaker.
        assertThat(answer.exception()).isEqualTo(LlmException.class);
        assertThat(answer.interrupted()).isFalse();
        test.assertNothingLeft();
        return answer;
    }

    @Test
    void beforeTheHead() throws InterruptedException {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.replyWith(_ -> {
                reached.countDown();
                return FakeReply.sse().neverAnswer();
            });
            assertThat(cancelledWhen(test, test.asking(cancellation)).opened()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheFirstToken(Language language) throws InterruptedException {
        FakeReply reply = FakeReply.sse().send(language.preamble).signal(reached).stall();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            assertThat(cancelledWhen(test, test.asking(cancellation)).opened()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void betweenTokens(Language language) throws InterruptedException {
        FakeReply reply = language.begun("Hel").signal(reached).stall();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            cancelledWhen(test, test.asking(cancellation));
        }
    }

    @Test
    void withinAWholeAnswer() throws InterruptedException {
        FakeReply reply = FakeReply.status(200).header("content-type", "application/json").send("{").signal(reached)
                .stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            cancelledWhen(test, test.asking(cancellation));
        }
    }

    @Test
    void withinTheWordsOfAnError() throws InterruptedException {
        FakeReply reply = FakeReply.status(500).header("content-type", "application/json").send("{").signal(reached)
                .stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            cancelledWhen(test, test.asking(cancellation));
        }
    }

    @Test
    @DisplayName("… also while tokens come so fast that no read ever blocks")
    void withinAFlood() throws InterruptedException {
        byte[] tokens = Language.OPENAI.token("more ").repeat(50).getBytes();
        FakeReply reply = Language.OPENAI.begun("Hel").signal(reached).trickle(Duration.ZERO, tokens);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            cancelledWhen(test, test.asking(cancellation));
        }
    }

    @Test
    @DisplayName("T57: while the reader is busy with its client, which is not interrupted; it hears of it when it reads")
    void whileTheReaderIsElsewhere() throws InterruptedException {
        CountDownLatch client = new CountDownLatch(1);
        FakeReply reply = Language.OPENAI.begun("Hel").stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            OnVirtualThread<LlmException> reading = OnVirtualThread.start(() -> {
                try (ChunkStream stream = test.upstream.open(
                        TestUpstream.call(Requests.saying("Say hello"), cancellation))) {
                    while (stream.hasNext()) {
                        stream.advance();
                    }
                    reached.countDown();
                    client.await();
                    return catchThrowableOfType(LlmException.class, stream::advance);
                }
            });
            reached.await();
            long cancelledAt = System.nanoTime();
            cancellation.cancel(GONE);
            assertThat(test.fake.awaitDisconnect(LONG).since(cancelledAt)).isLessThan(LIMIT);
            client.countDown();
            assertThat(reading.join().failure()).isEqualTo(GONE);
            test.assertNothingLeft();
        }
    }

    @Test
    void whileTheConnectionIsDrained() throws InterruptedException {
        FakeReply reply = Language.OPENAI.begun("Hi").send(Language.OPENAI.finish, Language.OPENAI.done).signal(reached)
                .stall();
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            OnVirtualThread<Answer> asking = test.asking(cancellation);
            reached.await();
            long cancelledAt = System.nanoTime();
            cancellation.cancel(GONE);
            assertThat(test.fake.awaitDisconnect(LONG).since(cancelledAt)).isLessThan(LIMIT);
            asking.join();
            test.assertNothingLeft();
        }
    }

    @Test
    void beforeTheAttemptNothingIsAsked() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(Language.OPENAI.answer("Hi"))) {
            cancellation.cancel(GONE);
            Answer answer = test.asking(cancellation).join();
            assertThat(answer.failure()).isEqualTo(GONE);
            assertThat(test.fake.requests()).isEmpty();
            test.assertNothingLeft();
        }
    }

    @Test
    void afterTheEndItHasNoEffect() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(Language.OPENAI.answer("Hi"))) {
            boolean interrupted = OnVirtualThread.call(() -> {
                test.answer(TestUpstream.call(Requests.saying("Say hello"), cancellation));
                cancellation.cancel(GONE);
                return Thread.currentThread().isInterrupted();
            });
            assertThat(interrupted).isFalse();
            assertThat(test.ask().complete()).isTrue();
            assertThat(test.fake.acceptedConnections()).isEqualTo(1);
        }
    }
}
