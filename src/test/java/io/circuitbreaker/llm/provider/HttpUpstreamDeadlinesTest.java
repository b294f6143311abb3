package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each deadline is the only short one in its test; all the others are longer than the test may take. */
class HttpUpstreamDeadlinesTest {

    private static final Duration LONG = TestUpstream.LONG;
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Deadlines FIRST_TOKEN = new Deadlines(LONG, SOON, LONG, LONG, LONG, LONG);
    private static final Deadlines IDLE = new Deadlines(LONG, LONG, SOON, LONG, LONG, LONG);
    private static final Deadlines TOTAL = new Deadlines(LONG, LONG, LONG, SOON, LONG, LONG);

    private static void assertExceeded(Answer answer, Deadline deadline) {
        assertThat(answer.failure()).isInstanceOfSatisfying(Failure.DeadlineExceeded.class,
                failure -> assertThat(failure.deadline()).isEqualTo(deadline));
        assertThat(answer.failure().message()).contains("'test'", "300 ms");
        // Counted by the breaker, but not asked for again: the client has waited long enough.
        assertThat(answer.exception()).isEqualTo(UpstreamException.class);
        assertThat(answer.interrupted()).isFalse();
    }

    private static Answer ask(Language language, Deadlines deadlines, FakeReply reply) {
        try (TestUpstream test = TestUpstream.with(language, deadlines).reply(reply)) {
            Answer answer = test.ask();
            test.fake.awaitDisconnect(Duration.ofSeconds(5));
            test.assertNothingLeft();
            return answer;
        }
    }

    @Test
    @DisplayName("T13: connect. A full queue of a listening socket takes no connection and refuses none")
    void connect() throws IOException {
        UpstreamClient client = new UpstreamClient();
        client.start();
        try (FullServer full = new FullServer()) {
            HttpUpstream upstream = new HttpUpstream(new ProviderConfig("test", "openai",
                    Optional.of(full.url()), ApiKey.NONE, "",
                    StreamUsage.ALWAYS, List.of(), new Deadlines(SOON, LONG, LONG, LONG, LONG, LONG),
                    StreamLimits.DEFAULTS, Optional.empty(), Optional.empty()), Language.OPENAI.dialect, client, new Watchdog());
            LlmException thrown = OnVirtualThread.call(() ->
                    catchThrowableOfType(LlmException.class, () -> upstream.open(TestUpstream.call())));
            assertExceeded(new Answer(false, List.of(), Optional.of(thrown), false), Deadline.CONNECT);
            assertThat(upstream.activeStreams()).isZero();
        } finally {
            client.close();
        }
    }

    @Test
    @DisplayName("T14: no head within the first-token limit")
    void silenceBeforeTheHead() {
        Answer answer = ask(Language.OPENAI, FIRST_TOKEN, FakeReply.sse().neverAnswer());
        assertExceeded(answer, Deadline.FIRST_TOKEN);
        assertThat(answer.opened()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T12, T14: a head, a preamble and pings are no token")
    void pingsBeforeTheFirstToken(Language language) {
        FakeReply reply = FakeReply.sse().send(language.preamble)
                .trickle(Duration.ofMillis(10), language.ping.getBytes());
        Answer answer = ask(language, FIRST_TOKEN, reply);
        assertExceeded(answer, Deadline.FIRST_TOKEN);
        assertThat(answer.opened()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T13, T16: silence between tokens")
    void silenceBetweenTokens(Language language) {
        Answer answer = ask(language, IDLE, language.begun("Hel").stall());
        assertExceeded(answer, Deadline.IDLE);
        assertThat(answer.text()).isEqualTo("Hel");
    }

    @Test
    @DisplayName("T40: what was used until the deadline is told, also where it is told at the end only")
    void usageUntilTheDeadline() {
        Answer answer = ask(Language.GOOGLE, IDLE, FakeReply.sse().send(GoogleEvents.text("Hel", 5, 1)).stall());
        assertExceeded(answer, Deadline.IDLE);
        assertThat(answer.usage()).contains(TokenUsage.of(5, 1, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T12: pings are no progress")
    void pingsBetweenTokens(Language language) {
        Answer answer = ask(language, IDLE, language.begun("Hel")
                .trickle(Duration.ofMillis(10), language.ping.getBytes()));
        assertExceeded(answer, Deadline.IDLE);
    }

    @Test
    @DisplayName("T15: single bytes that make no token are no progress")
    void trickleOfBytes() {
        Answer answer = ask(Language.OPENAI, IDLE, Language.OPENAI.begun("Hel").trickle(Duration.ofMillis(10),
                new byte[] {'x'}));
        assertExceeded(answer, Deadline.IDLE);
    }

    @Test
    @DisplayName("T12: pings without a pause between them, so that no read ever blocks")
    void floodOfPings() {
        byte[] pings = Language.OPENAI.ping.repeat(500).getBytes();
        Answer answer = ask(Language.OPENAI, IDLE, Language.OPENAI.begun("Hel").trickle(Duration.ZERO, pings));
        assertExceeded(answer, Deadline.IDLE);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T13: tokens for ever end by the total limit")
    void total(Language language) {
        FakeReply reply = language.begun("Hel").trickle(Duration.ofMillis(10), language.token("lo").getBytes());
        Answer answer = ask(language, TOTAL, reply);
        assertExceeded(answer, Deadline.TOTAL);
        assertThat(answer.text()).startsWith("Hello");
    }

    @Test
    @DisplayName("T16, T30: a finish that comes with every token is none: a pause after it is no end")
    void aFinishWithEveryToken() {
        Deadlines afterFinish = new Deadlines(LONG, LONG, LONG, LONG, SOON, LONG);
        FakeReply reply = FakeReply.sse().send(finishing("Hel"), finishing("lo")).delay(SOON.multipliedBy(2))
                .send(finishing("!"));
        try (TestUpstream test = TestUpstream.with(Language.GOOGLE, afterFinish).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.text()).isEqualTo("Hello!");
            assertThat(answer.complete()).isTrue();
        }
    }

    @Test
    @DisplayName("T26, T30: nor is a cut after it")
    void aCutAfterAFinishWithEveryToken() {
        FakeReply reply = FakeReply.sse().send(finishing("Hel"), finishing("lo")).cut();
        try (TestUpstream test = TestUpstream.speaking(Language.GOOGLE).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.text()).isEqualTo("Hello");
            assertThat(answer.failure()).isInstanceOf(Failure.ClosedEarly.class);
        }
    }

    private static String finishing(String text) {
        return GoogleEvents.last(text, "STOP", 5, 2);
    }

    @Test
    @DisplayName("Of an answer in one piece nothing can come before its end: it has the total limit")
    void wholeAnswers() {
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, FIRST_TOKEN)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.reply(WholeOnly.document("Hello").delayHead(SOON.multipliedBy(2)));
            assertThat(test.ask(Requests.forOneDocument("Say hello")).text()).isEqualTo("Hello");
        }
    }

    @Test
    void wholeAnswersEndByTheTotalLimit() {
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, TOTAL)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.reply(FakeReply.status(200).neverAnswer());
            assertExceeded(test.ask(Requests.forOneDocument("Say hello")), Deadline.TOTAL);
            test.assertNothingLeft();
        }
    }

    @Test
    @DisplayName("A client that takes nothing for longer than the idle limit gets the rest")
    void slowClient() throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        FakeReply reply = Language.OPENAI.begun("Hel").send(Language.OPENAI.token("lo"), Language.OPENAI.finish,
                Language.OPENAI.done).signal(sent);
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, IDLE).reply(reply)) {
            int chunks = OnVirtualThread.call(() -> {
                try (ChunkStream stream = test.upstream.open(TestUpstream.call())) {
                    sent.await();
                    // The client's pause, not a wait for something.
                    Thread.sleep(SOON.multipliedBy(2));
                    int read = 0;
                    while (stream.advance()) {
                        read++;
                    }
                    return read;
                }
            });
            assertThat(chunks).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    @DisplayName("The words of an error may not take as long as a token may")
    void stalledErrorBody() {
        Deadlines deadlines = new Deadlines(LONG, LONG, LONG, LONG, SOON, LONG);
        FakeReply reply = FakeReply.status(429).header("content-type", "application/json")
                .header("retry-after", "7").send("{\"error\":").stall();
        Answer answer = ask(Language.OPENAI, deadlines, reply);
        assertThat(answer.failure()).isInstanceOf(Failure.RateLimited.class);
        assertThat(answer.failure().retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(answer.interrupted()).isFalse();
    }
}
