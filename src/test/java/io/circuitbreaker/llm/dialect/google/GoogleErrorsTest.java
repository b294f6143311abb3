package io.circuitbreaker.llm.dialect.google;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleErrorsTest {

    private static final Map<String, Class<? extends Failure>> KINDS = Map.of(
            "authentication", Failure.ProviderAuth.class, "permission", Failure.PermissionDenied.class,
            "rate_limit", Failure.RateLimited.class, "invalid_request", Failure.InvalidRequest.class,
            "not_found", Failure.NotFound.class, "overloaded", Failure.Overloaded.class,
            "server_error", Failure.ProviderFailed.class, "timeout", Failure.ProviderFailed.class);

    static Stream<String> recordedErrors() {
        return RecordedStream.errorBodies().filter(name -> name.startsWith("errors/gemini-"));
    }

    @ParameterizedTest
    @MethodSource("recordedErrors")
    void aRecordedErrorMeansWhatItShould(String name) {
        JsonObject expected = JsonText.parseObject(
                RecordedStream.text(name.replaceFirst("\\.[a-z]+$", ".expect.json")));
        Failure failure = failure(expected.getInt("status"), RecordedStream.text(name));
        assertThat(failure).isInstanceOf(KINDS.get(expected.getString("kind")));
        if (expected.get("message") instanceof JsonString message && !(failure instanceof Failure.ProviderAuth)) {
            assertThat(failure.message()).contains(message.getString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_ARGUMENT, InvalidRequest", "400, FAILED_PRECONDITION, PermissionDenied",
        "401, UNAUTHENTICATED, ProviderAuth", "403, PERMISSION_DENIED, PermissionDenied", "404, NOT_FOUND, NotFound",
        "429, RESOURCE_EXHAUSTED, RateLimited", "499, CANCELLED, ProviderFailed", "500, INTERNAL, ProviderFailed",
        "503, UNAVAILABLE, Overloaded", "504, DEADLINE_EXCEEDED, ProviderFailed", "413, SOMETHING_NEW, TooLarge",
    })
    void theCanonicalCodeDecides(int status, String word, String kind) {
        Failure failure = failure(status, error(status, word, "", "its own words"));
        assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "<html><p>no</p></html>", "[]", "[1]", "null", "\"text\"", "{}",
        "{\"error\":null}",
        "{\"error\":{\"details\":\"none\",\"status\":5,\"message\":{}}}", "{\"error\":{\"details\":[1,{}]", "{"})
    void whereTheBodySaysNothingTheStatusDecides(String body) {
        assertThat(failure(404, body)).isInstanceOf(Failure.NotFound.class);
        assertThat(failure(502, body)).isInstanceOf(Failure.ProviderFailed.class);
    }

    @Test
    void anErrorIsFoundInsideAnArray() {
        assertThat(failure(503, "[" + error(503, "UNAVAILABLE", "", "later") + "]")).isInstanceOf(
                Failure.Overloaded.class).extracting(Failure::message).asString().contains("later");
    }

    @ParameterizedTest
    @CsvSource({"48s, PT48S", "48.5s, PT48.5S", "0s, PT0S", "-3s, ", "soon, ", "'', "})
    void theDelayIsTakenFromTheDetails(String delay, Duration expected) {
        String details = "{\"@type\":\"x/google.rpc.RetryInfo\",\"retryDelay\":\"" + delay + "\"}";
        assertThat(failure(429, error(429, "RESOURCE_EXHAUSTED", details, "")).retryAfter().orElse(null))
                .isEqualTo(expected);
    }

    @Test
    void aRetryAfterHeaderWinsOverTheDetails() {
        String body = error(429, "RESOURCE_EXHAUSTED", "{\"retryDelay\":\"48s\"}", "");
        ErrorResponse response = new ErrorResponse("google", 429,
                name -> name.equalsIgnoreCase("retry-after") ? "7" : "", body, Instant.EPOCH);
        assertThat(new GoogleDialect().failure(response).retryAfter()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @CsvSource({"400, INVALID_ARGUMENT, API_KEY_INVALID", "403, PERMISSION_DENIED, CONSUMER_SUSPENDED",
        "403, PERMISSION_DENIED, OTHER_REASON", "401, UNAUTHENTICATED, ''"})
    void anErrorThatQuotesTheKeyIsNotQuoted(int status, String word, String reason) {
        Failure failure = failure(status, error(status, word, "{\"reason\":\"" + reason + "\"}",
                "Consumer 'api_key:very-secret' is not welcome"));
        assertThat(failure).isInstanceOf(Failure.ProviderAuth.class);
        assertThat(failure.message()).doesNotContain("very-secret").contains("'google'", String.valueOf(status));
    }

    @Test
    void tooLongAPromptIsKnownByItsWords() {
        Failure failure = failure(400, error(400, "INVALID_ARGUMENT", "",
                "The input token count (9) exceeds the maximum number of tokens allowed (5)."));
        assertThat(failure).isInstanceOfSatisfying(Failure.InvalidRequest.class,
                invalid -> assertThat(invalid.code()).isEqualTo("context_length_exceeded"));
        assertThat(failure(400, error(400, "INVALID_ARGUMENT", "", "no"))).isInstanceOfSatisfying(
                Failure.InvalidRequest.class, invalid -> assertThat(invalid.code()).isEmpty());
    }

    private static Failure failure(int status, String body) {
        return new GoogleDialect().failure(new ErrorResponse("google", status, _ -> "", body, Instant.EPOCH));
    }

    private static String error(int code, String status, String details, String message) {
        return "{\"error\":{\"code\":" + code + ",\"message\":" + JsonText.quote(message) + ",\"status\":\"" + status
                + "\",\"details\":[" + details + "]}}";
    }
}
