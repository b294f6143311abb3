package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HttpUpstreamTest {

    private static final Duration SOON = Duration.ofMillis(300);

    @ParameterizedTest
    @EnumSource
    void aGoodStreamIsReadToItsEnd(Language language) {
        try (TestUpstream test = TestUpstream.speaking(language).reply(language.answer("Hel", "lo"))) {
            Answer answer = test.ask();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hello");
            assertThat(answer.usage()).hasValueSatisfying(usage -> assertThat(usage.completion()).isEqualTo(2));
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("After a clean end the connection is used again, without a gap in the slots")
    void connectionIsReused(Language language) {
        try (TestUpstream test = TestUpstream.speaking(language).reply(language.answer("Hello"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(test.ask().complete()).isTrue();
            }
            assertThat(test.fake.acceptedConnections()).isEqualTo(1);
            assertThat(test.fake.requests()).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T41: an answer whose first event is an image keeps its provider's name for it")
    void aLargeFirstEvent(Language language) {
        String large = "x".repeat(400_000);
        try (TestUpstream test = TestUpstream.speaking(language)) {
            test.fake.enqueue(language.answer("small"));
            test.reply(language.answer(large));
            assertThat(headOf(test)).isEqualTo(headOf(test));
            assertThat(test.ask().text()).isEqualTo(large);
        }
    }

    private static String headOf(TestUpstream test) {
        return OnVirtualThread.call(() -> {
            try (ChunkStream stream = test.upstream.open(TestUpstream.call())) {
                return stream.head().id();
            }
        });
    }

    @Test
    void connectionOfAFailedStreamIsNotReused() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(Language.OPENAI.begun("Hel").send(Language.OPENAI.error).stall());
            test.reply(Language.OPENAI.answer("Hello"));
            assertThat(test.ask().complete()).isFalse();
            assertThat(test.ask().complete()).isTrue();
            assertThat(test.fake.acceptedConnections()).isEqualTo(2);
        }
    }

    @Test
    void connectionOfARefusalIsReused() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(FakeReply.status(429).body("application/json", "{}"));
            test.reply(Language.OPENAI.answer("Hello"));
            assertThat(test.ask().complete()).isFalse();
            assertThat(test.ask().complete()).isTrue();
            assertThat(test.fake.acceptedConnections()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("T42: tokens must not wait in a compressor")
    void noCompressionIsAsked() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(Language.OPENAI.answer("Hello"))) {
            test.ask();
            ReceivedRequest request = test.fake.requests().getFirst();
            assertThat(request.headers().get("accept-encoding")).containsExactly("identity");
            assertThat(request.header("authorization")).contains("Bearer " + TestUpstream.KEY);
            assertThat(request.header("content-type")).contains("application/json");
            assertThat(request.json().getString("model")).isEqualTo(Requests.MODEL);
        }
    }

    @Test
    @DisplayName("Azure's address has a query, and its key a header of its own")
    void addressWithQuery() {
        try (TestUpstream test = TestUpstream.at("/openai/v1?api-version=preview", "api-key")
                .reply(Language.OPENAI.answer("Hello"))) {
            assertThat(test.ask().complete()).isTrue();
            ReceivedRequest request = test.fake.requests().getFirst();
            assertThat(request.target()).isEqualTo("/openai/v1/chat/completions?api-version=preview");
            assertThat(request.header("api-key")).contains(TestUpstream.KEY);
            assertThat(request.header("authorization")).isEmpty();
        }
    }

    @Test
    @DisplayName("A model's name, which the client chooses, is no template and no path")
    void oddModelName() {
        try (TestUpstream test = TestUpstream.speaking(Language.GOOGLE).reply(Language.GOOGLE.answer("Hello"))) {
            Answer answer = OnVirtualThread.call(() -> test.answer(
                    new ProviderCall(Requests.saying("Hello"), "a{b}/../c?d e", new Cancellation())));
            assertThat(answer.complete()).isTrue();
            assertThat(test.fake.requests().getFirst().path())
                    .isEqualTo("/v1beta/models/a%7Bb%7D%2F..%2Fc%3Fd%20e:streamGenerateContent");
        }
    }

    @Test
    void fiveMegabytesInOneEvent() {
        String text = "x".repeat(5 * 1024 * 1024);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(Language.OPENAI.answer(text))) {
            assertThat(test.ask().text()).isEqualTo(text);
        }
    }

    @Test
    void oneStreamTooManyIsRefusedAndCountsNotAsAttempt() {
        try (TestUpstream test = TestUpstream.limitedTo(1).reply(Language.OPENAI.begun("Hel").stall())) {
            Failure failure = OnVirtualThread.call(() -> {
                try (ChunkStream _ = test.upstream.open(TestUpstream.call())) {
                    assertThat(test.upstream.activeStreams()).isEqualTo(1);
                    ProviderCall second = TestUpstream.call();
                    Answer refused = test.answer(second);
                    assertThat(second.attempts()).isZero();
                    return refused.failure();
                }
            });
            assertThat(failure).isInstanceOfSatisfying(Failure.LimitReached.class, limit ->
                    assertThat(limit.limit()).isEqualTo("llm.provider.test.max-concurrent-streams"));
            assertThat(failure.message()).contains("'test'", "1 concurrent streams");
            test.assertNothingLeft();
        }
    }

    @Test
    void aCallThatMayWaitGetsThePlaceOfAStreamThatEnds() {
        try (TestUpstream test = TestUpstream.limitedTo(new StreamLimits(1, 1, TestUpstream.LONG))) {
            test.fake.enqueue(Language.OPENAI.begun("Hel").stall(), Language.OPENAI.answer("Hello"));
            ProviderCall second = TestUpstream.call();
            second.waitIfFull();
            Answer answer = OnVirtualThread.call(() -> {
                try (ChunkStream _ = test.upstream.open(TestUpstream.call())) {
                    OnVirtualThread<Answer> waiting = OnVirtualThread.start(() -> test.answer(second));
                    while (test.upstream.queuedRequests() == 0) {
                        Thread.onSpinWait();
                    }
                    return waiting;
                }
            }).join();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hello");
            assertThat(second.nanosQueued()).isPositive();
            assertThat(second.attempts()).isEqualTo(1);
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T17: what comes before the first token is held back, and comes once there is one")
    void preambleIsHeldBack(Language language) {
        CountDownLatch token = new CountDownLatch(1);
        FakeReply reply = FakeReply.sse().send(language.preamble, language.ping).awaitLatch(token)
                .send(language.token("Hi"), language.finish, language.done);
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            OnVirtualThread<Answer> asking = test.asking(new Cancellation());
            test.fake.awaitRequests(1, Duration.ofSeconds(5));
            token.countDown();
            Answer answer = asking.join();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hi");
            assertThat(answer.chunks().getFirst().speaks()).isFalse();
        }
    }

    @Test
    @DisplayName("T31: the last event needs no blank line after it")
    void unterminatedLastEvent() {
        FakeReply reply = Language.OPENAI.begun("Hi").send(OpenAiEvents.finish("stop").stripTrailing());
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            assertThat(test.ask().complete()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T31: once the answer has its finish, a connection that breaks has ended well")
    void cutAfterTheFinish(Language language) {
        FakeReply reply = language.begun("Hi").send(language.finish).cut();
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hi");
        }
    }

    @Test
    @DisplayName("T32: one document in answer to a request for a stream")
    void wholeAnswer() {
        FakeReply reply = FakeReply.status(200).body("application/json", """
                {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":\
                {"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":\
                {"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""");
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            assertThat(test.ask().text()).isEqualTo("Hello");
            assertThat(test.ask().usage()).isPresent();
            assertThat(test.fake.acceptedConnections()).isEqualTo(1);
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC"})
    @DisplayName("T04: after the last word the stream ends at once, and the connection has little time to end too")
    void openConnectionAfterTheLastWord(Language language) {
        Deadlines deadlines = new Deadlines(TestUpstream.LONG, TestUpstream.LONG, TestUpstream.LONG, TestUpstream.LONG,
                TestUpstream.LONG, SOON);
        FakeReply reply = language.begun("Hi").send(language.finish, language.done).stall();
        try (TestUpstream test = TestUpstream.with(language, deadlines).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.interrupted()).isFalse();
            test.fake.awaitDisconnect(Duration.ofSeconds(5));
            test.assertNothingLeft();
        }
    }

    @Test
    @DisplayName("T04: what a provider sends after its last word is not read for ever")
    void endlessMatterAfterTheLastWord() {
        byte[] noise = new byte[16 * 1024];
        FakeReply reply = Language.OPENAI.begun("Hi").send(OpenAiEvents.finish("stop"), OpenAiEvents.DONE)
                .trickle(Duration.ZERO, noise);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            assertThat(test.ask().complete()).isTrue();
            test.fake.awaitDisconnect(Duration.ofSeconds(5));
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T12: a finish and no more, on a connection that stays open and pings, ends well after the grace")
    void openConnectionAfterTheFinish(Language language) {
        Deadlines deadlines = new Deadlines(TestUpstream.LONG, TestUpstream.LONG, TestUpstream.LONG, TestUpstream.LONG,
                SOON, TestUpstream.LONG);
        FakeReply reply = language.begun("Hi").send(language.finish)
                .trickle(Duration.ofMillis(20), language.ping.getBytes());
        try (TestUpstream test = TestUpstream.with(language, deadlines).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hi");
            // What is written to the client next would fail.
            assertThat(answer.interrupted()).isFalse();
            test.fake.awaitDisconnect(Duration.ofSeconds(5));
            test.assertNothingLeft();
        }
    }
}
