package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.GoogleEvents;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUpstreamErrorsTest {

    private static Answer ask(Language language, FakeReply reply) {
        try (TestUpstream test = TestUpstream.speaking(language).reply(reply)) {
            Answer answer = test.ask();
            test.assertNothingLeft();
            return answer;
        }
    }

    private static void assertFailed(Answer answer, Class<? extends Failure> failure, Class<?> exception) {
        assertThat(answer.failure()).isInstanceOf(failure);
        assertThat(answer.exception()).isEqualTo(exception);
        assertThat(answer.failure().message()).contains("'test'");
        assertThat(answer.interrupted()).isFalse();
    }

    // ---- no answer

    @Test
    void refusedConnection() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.close();
            Answer answer = test.ask();
            assertFailed(answer, Failure.Unreachable.class, TransportException.class);
            assertThat(answer.failure().message()).contains("refused the connection", "127.0.0.1");
        }
    }

    @Test
    void garbageInPlaceOfTheHead() {
        FakeReply reply = FakeReply.headless().rawBytes("garbage\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertFailed(ask(Language.OPENAI, reply), Failure.Unreachable.class, TransportException.class);
    }

    // ---- an answer with a status

    @ParameterizedTest
    @CsvSource({"400, InvalidRequest", "401, ProviderAuth", "403, PermissionDenied", "404, NotFound", "413, TooLarge",
        "422, InvalidRequest", "429, RateLimited"})
    @DisplayName("What another attempt cannot change is neither repeated nor counted by the breaker")
    void neutralStatus(int status, String failure) {
        Answer answer = ask(Language.OPENAI, FakeReply.status(status).body("application/json",
                OpenAiEvents.errorBody("no", "error", "")));
        assertThat(answer.failure().getClass().getSimpleName()).isEqualTo(failure);
        assertThat(answer.exception()).isEqualTo(LlmException.class);
    }

    @ParameterizedTest
    @CsvSource({"500, '', UpstreamException", "502, '', TransportException", "502, 1, UpstreamException",
        "503, '', TransportException", "503, 1, UpstreamException", "504, '', UpstreamException",
        "529, '', UpstreamException"})
    @DisplayName("Repeated is only what did not reach the provider, and not if it said when to come back")
    void failureStatus(int status, String retryAfter, String exception) {
        FakeReply reply = FakeReply.status(status).body("text/html", "<html>busy</html>");
        Answer answer = ask(Language.OPENAI, retryAfter.isEmpty() ? reply : reply.header("retry-after", retryAfter));
        assertThat(answer.exception().getSimpleName()).isEqualTo(exception);
        assertThat(answer.failure().retryAfter()).isEqualTo(retryAfter.isEmpty() ? Optional.empty()
                : Optional.of(Duration.ofSeconds(1)));
        assertThat(answer.failure().message()).contains("answered " + status).doesNotContain("html");
    }

    @Test
    void errorBodyWithoutEndIsNotReadToItsEnd() {
        FakeReply reply = FakeReply.status(400).header("content-type", "application/json")
                .trickle(Duration.ZERO, new byte[16 * 1024]);
        assertFailed(ask(Language.OPENAI, reply), Failure.InvalidRequest.class, LlmException.class);
    }

    // ---- an answer that is none

    @Test
    void pageInHtml() {
        Answer answer = ask(Language.OPENAI, FakeReply.status(200).body("text/html", "<html>hello</html>"));
        assertFailed(answer, Failure.Malformed.class, UpstreamException.class);
        assertThat(answer.failure().message()).contains("llm.provider.test.base-url");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T26: an empty answer is a failure")
    void emptyAnswer(Language language) {
        assertFailed(ask(language, FakeReply.sse()), Failure.ClosedEarly.class, UpstreamException.class);
        assertFailed(ask(language, FakeReply.sse().contentLength(0)), Failure.ClosedEarly.class,
                UpstreamException.class);
        assertFailed(ask(language, FakeReply.status(204)), Failure.ClosedEarly.class, UpstreamException.class);
    }

    @Test
    void documentThatIsNoAnswer() {
        assertFailed(ask(Language.OPENAI, FakeReply.status(200).body("application/json", "{\"what\":1}")),
                Failure.ClosedEarly.class, UpstreamException.class);
        assertFailed(ask(Language.OPENAI, FakeReply.status(200).body("application/json", "{\"choices\":[")),
                Failure.Malformed.class, UpstreamException.class);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T23: status 200 with an error as its document")
    void errorAsDocument(Language language) {
        Answer answer = ask(language, FakeReply.status(200).body("application/json", language.errorBody("it broke")));
        assertThat(answer.opened()).isFalse();
        assertFailed(answer, Failure.ProviderFailed.class, UpstreamException.class);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T17, T23: an error before the first token is invisible to the client")
    void errorBeforeTheFirstToken(Language language) {
        for (String before : List.of("", language.preamble + language.ping)) {
            Answer answer = ask(language, FakeReply.sse().send(before).send(language.error));
            assertThat(answer.opened()).isFalse();
            assertFailed(answer, Failure.Overloaded.class, UpstreamException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T28: an error within the answer comes after all that was said before it")
    void errorWithinTheAnswer(Language language) {
        Answer answer = ask(language, language.begun("Hel").send(language.token("lo") + language.error));
        assertThat(answer.text()).isEqualTo("Hello");
        assertFailed(answer, Failure.Overloaded.class, UpstreamException.class);
    }

    // ---- an answer that breaks off

    @ParameterizedTest
    @EnumSource
    @DisplayName("T25, T26: an answer without its finish has failed, however its connection ended")
    void brokenOff(Language language) {
        FakeReply begun = language.begun("Hel").send(language.token("lo"));
        for (FakeReply reply : List.of(begun.end(), begun.cut(), begun.delimitedByClose().cut())) {
            Answer answer = ask(language, reply);
            assertThat(answer.text()).isEqualTo("Hello");
            assertFailed(answer, Failure.ClosedEarly.class, UpstreamException.class);
        }
        assertFailed(ask(language, begun.reset()), Failure.ClosedEarly.class, UpstreamException.class);
    }

    @Test
    @DisplayName("T40: however an answer breaks off, what it has cost until then is told")
    void brokenOffWithUsage() {
        FakeReply begun = FakeReply.sse().send(GoogleEvents.text("Hel", 5, 1), GoogleEvents.text("lo", 5, 2));
        for (FakeReply reply : List.of(begun.end(), begun.cut(), begun.reset())) {
            Answer answer = ask(Language.GOOGLE, reply);
            assertThat(answer.failure()).isInstanceOf(Failure.ClosedEarly.class);
            assertThat(answer.usage()).contains(TokenUsage.of(5, 2, 0, 0));
        }
    }

    @Test
    void brokenFraming() {
        FakeReply reply = Language.OPENAI.begun("Hel").rawBytes("nonsense\r\n".getBytes(StandardCharsets.UTF_8)).cut();
        assertFailed(ask(Language.OPENAI, reply), Failure.ClosedEarly.class, UpstreamException.class);
    }

    @Test
    @DisplayName("T31: half an event at the end is no event")
    void cutWithinAnEvent() {
        FakeReply reply = Language.OPENAI.begun("Hel").send("data: {\"choices\":[{\"del").end();
        assertFailed(ask(Language.OPENAI, reply), Failure.ClosedEarly.class, UpstreamException.class);
    }

    // ---- malformed chunks

    @Test
    void malformedChunksAreSkippedAndCounted() {
        String bad = "data: {\"choices\":\n\n";
        FakeReply reply = Language.OPENAI.begun("Hel").send(bad, bad, Language.OPENAI.token("lo"), bad,
                Language.OPENAI.finish, Language.OPENAI.done);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(reply)) {
            Answer answer = test.ask();
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hello");
            assertThat(test.upstream.malformedChunks()).isEqualTo(3);
        }
    }

    @Test
    void threeMalformedChunksInARowEndTheStream() {
        FakeReply reply = Language.OPENAI.begun("Hel").send("data: {\"choices\":\n\n".repeat(3)).stall();
        Answer answer = ask(Language.OPENAI, reply);
        assertFailed(answer, Failure.Malformed.class, UpstreamException.class);
        assertThat(answer.text()).isEqualTo("Hel");
    }

    @Test
    void eventBeyondTheParsersLimit() {
        byte[] piece = "x".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
        FakeReply reply = Language.OPENAI.begun("Hel").send("data: ").trickle(Duration.ZERO, piece);
        assertFailed(ask(Language.OPENAI, reply), Failure.Malformed.class, UpstreamException.class);
    }

    @Test
    @DisplayName("what came of an error's words counts, however they ended")
    void wordsThatBreakOff() {
        String words = "{\"error\":{\"message\":\"no credit left\",\"code\":\"insufficient_quota\"}}";
        FakeReply begun = FakeReply.status(429).header("content-type", "application/json").send(words);
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(begun.cut())) {
            assertThat(test.ask().failure()).isInstanceOf(Failure.QuotaExhausted.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectIsForTheOperator(int status) {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)
                .reply(FakeReply.status(status).header("location", "https://elsewhere.example/").body("text/html", ""))) {
            Answer answer = test.ask();
            assertThat(answer.failure()).isInstanceOf(Failure.Malformed.class);
            assertThat(answer.failure().message()).contains("answered " + status, "llm.provider.test.base-url");
            assertThat(test.fake.requests()).hasSize(1);
        }
    }
}
