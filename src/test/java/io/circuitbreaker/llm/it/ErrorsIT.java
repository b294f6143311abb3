package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client is told when a provider fails before its first token. */
class ErrorsIT extends DeployedRouter {

    /** What the client of an OpenAI server sees; {@code retryAfter} and {@code code} may be null. */
    private record Told(int status, String type, String code, String retryAfter, boolean worthRetrying) {
    }

    private static final Told INVALID = new Told(400, "invalid_request_error", null, null, false);
    private static final Told OUR_KEY = new Told(502, "upstream_error", "provider_auth", null, false);
    private static final Told FORBIDDEN = new Told(403, "permission_error", "permission_denied", null, false);
    private static final Told NOT_FOUND = new Told(404, "not_found_error", null, null, false);
    private static final Told TOO_LARGE = new Told(413, "invalid_request_error", "request_too_large", null, false);
    private static final Told LIMITED = new Told(429, "rate_limit_error", "rate_limit_exceeded", "7", true);
    private static final Told FAILED = new Told(502, "upstream_error", "provider_error", "7", true);
    private static final Told OVERLOADED = new Told(503, "overloaded_error", "provider_overloaded", "7", true);
    private static final Told UNREACHABLE = new Told(502, "upstream_error", "provider_unreachable", null, true);

    @AfterEach
    void keepBreakersClosed() {
        Fake.VENDORS.forEach(Fake::settleBreaker);
    }

    static Stream<Arguments> statuses() {
        return Fake.VENDORS.stream().flatMap(fake -> Stream.of(
                Arguments.of(fake, 400, INVALID), Arguments.of(fake, 401, OUR_KEY),
                Arguments.of(fake, 403, FORBIDDEN), Arguments.of(fake, 404, NOT_FOUND),
                Arguments.of(fake, 408, FAILED), Arguments.of(fake, 413, TOO_LARGE),
                Arguments.of(fake, 429, LIMITED), Arguments.of(fake, 500, FAILED), Arguments.of(fake, 502, FAILED),
                Arguments.of(fake, 503, OVERLOADED), Arguments.of(fake, 529, OVERLOADED)));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    @DisplayName("T18 T23: a provider's status becomes the client's, streaming or not")
    void statusIsToldInOpenAisWords(Fake fake, int status, Told told) {
        // Every refusal names a time; it is handed on where it means anything.
        String model = fake.serving(fake.wire().refusal(status, "as it says").header("retry-after", "7"));
        for (String request : new String[] {Router.streaming(model), Router.unary(model)}) {
            HttpResponse<String> response = Router.post(request);
            assertTold(response, told);
            String message = Router.error(response).getString("message");
            assertThat(message).contains("provider '" + fake.configuredName() + "'");
            if (told != OUR_KEY) {
                assertThat(message).contains("as it says");
            }
        }
    }

    @Test
    void anEmptyAccountIsNotWorthRetrying() {
        Told told = new Told(429, "insufficient_quota", "insufficient_quota", null, false);
        FakeReply openAi = FakeReply.status(429).header("retry-after", "7").body("application/json",
                OpenAiEvents.errorBody("no credit left", "insufficient_quota", "insufficient_quota"));
        assertTold(Router.post(Router.streaming(Fake.OPENAI.serving(openAi))), told);
        FakeReply anthropic = Wire.ANTHROPIC.refusal(400, "Your credit balance is too low to go on");
        assertTold(Router.post(Router.streaming(Fake.ANTHROPIC.serving(anthropic))), told);
    }

    @Test
    void theTimeOfGooglesBodyIsHandedOnAsAHeader() {
        FakeReply reply = FakeReply.status(429).body("application/json", """
                {"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[
                {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"6.2s"}]}}""");
        assertTold(Router.post(Router.streaming(Fake.GOOGLE.serving(reply))), LIMITED);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    void anAnswerThatIsNoJsonIsJudgedByItsStatus(Fake fake) {
        FakeReply page = FakeReply.status(503).header("retry-after", "7").body("text/html", "<h1>Down</h1>");
        HttpResponse<String> response = Router.post(Router.streaming(fake.serving(page)));
        assertTold(response, OVERLOADED);
        assertThat(response.body()).doesNotContain("<h1>");
        FakeReply ok = FakeReply.status(200).body("text/html", "<h1>Hello</h1>");
        assertTold(Router.post(Router.streaming(fake.serving(ok))),
                new Told(502, "upstream_error", "malformed_stream", null, true));
    }

    @Test
    void aRefusedConnectionNamesTheProviderAndItsAddress() {
        for (String request : new String[] {Router.streaming("down/any"), Router.unary("down/any")}) {
            HttpResponse<String> response = Router.post(request);
            assertTold(response, UNREACHABLE);
            assertThat(Router.error(response).getString("message")).contains("'down'", "127.0.0.1:19109", "refused");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    void aConnectionThatBreaksBeforeTheHeadersIsTold(Fake fake) {
        assertTold(Router.post(Router.streaming(fake.serving(FakeReply.sse().resetBeforeHead()))), UNREACHABLE);
        assertTold(Router.post(Router.unary(fake.serving(FakeReply.sse().closeBeforeHead()))), UNREACHABLE);
    }

    static Stream<Arguments> deadlines() {
        byte[] comment = ": wait\n\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] token = Wire.OPENAI.token("x").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Stream.of(
                Arguments.of(FakeReply.sse().neverAnswer(), "first_token_timeout", true),
                Arguments.of(FakeReply.sse().send(Wire.OPENAI.beginning()).stall(), "first_token_timeout", true),
                Arguments.of(FakeReply.sse().trickle(Duration.ofMillis(50), comment), "first_token_timeout", true),
                Arguments.of(Wire.OPENAI.said("so far").stall(), "idle_timeout", false),
                Arguments.of(Wire.OPENAI.said("so far").trickle(Duration.ofMillis(50), comment), "idle_timeout", false),
                // Longer than the server's heartbeat interval: a whole answer has had its empty line by then.
                Arguments.of(FakeReply.sse().trickle(Duration.ofMillis(50), token), "total_timeout", false));
    }

    @ParameterizedTest
    @MethodSource("deadlines")
    @DisplayName("T12 T13 T14 T16: each deadline is kept, and told with its name")
    void deadlinesAreKept(FakeReply reply, String code, boolean beforeTheFirstToken) {
        String model = Fake.IMPATIENT.serving(reply);
        HttpResponse<String> unary = Router.post(Router.unary(model));
        if (code.equals("total_timeout")) {
            assertThat(unary.statusCode()).isEqualTo(200);
            assertThat(Router.error(unary).getString("code")).isEqualTo(code);
        } else {
            assertTold(unary, new Told(504, "timeout_error", code, null, true));
        }
        HttpResponse<String> streaming = Router.post(Router.streaming(model));
        if (beforeTheFirstToken) {
            assertTold(streaming, new Told(504, "timeout_error", code, null, true));
        } else {
            assertThat(streaming.statusCode()).isEqualTo(200);
            Events.of(streaming.body()).assertFailed(code);
        }
        assertThat(Fake.IMPATIENT.requests(model)).as("asked again after a timeout").hasSize(2);
        Fake.IMPATIENT.awaitQuiet();
        assertThat(Fake.IMPATIENT.provider().abortedStreams()).isPositive();
        Fake.IMPATIENT.settleBreaker();
    }

    @Test
    @DisplayName("T35: an event without end is cut off in words, not by memory")
    void anEndlessEventFails() throws IOException {
        byte[] more = "x".repeat(64 * 1024).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String model = Fake.OPENAI.serving(
                FakeReply.sse().send(Wire.OPENAI.beginning()).send("data: ").trickle(Duration.ZERO, more));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(response.body()).contains("malformed_stream").doesNotContain(Events.DONE);
        Fake.OPENAI.awaitQuiet();
    }

    private static void assertTold(HttpResponse<String> response, Told told) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(told.status);
        JsonObject error = Router.error(response);
        assertThat(error.getString("type")).isEqualTo(told.type);
        if (told.code != null) {
            assertThat(error.getString("code")).isEqualTo(told.code);
        }
        assertThat(response.headers().firstValue("retry-after").orElse(null)).isEqualTo(told.retryAfter);
        assertThat(response.headers().firstValue("x-should-retry").orElse("true"))
                .isEqualTo(Boolean.toString(told.worthRetrying));
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
    }
}
