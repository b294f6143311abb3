package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiErrorsTest {

    private static final Set<String> OTHER_DIALECTS = Set.of("anthropic", "gemini");
    private static final Map<String, Class<? extends Failure>> KINDS = Map.of(
            "authentication", Failure.ProviderAuth.class,
            "permission", Failure.PermissionDenied.class,
            "invalid_request", Failure.InvalidRequest.class,
            "not_found", Failure.NotFound.class,
            "quota", Failure.QuotaExhausted.class,
            "rate_limit", Failure.RateLimited.class,
            "overloaded", Failure.Overloaded.class,
            "content_filter", Failure.ContentFiltered.class,
            "server", Failure.ProviderFailed.class);

    static Stream<String> recordedBodies() {
        return RecordedStream.errorBodies().filter(name -> !OTHER_DIALECTS.contains(expectation(name)
                .getString("provider")));
    }

    private static JsonObject expectation(String name) {
        return JsonText.parseObject(RecordedStream.text(name.replaceFirst("\\.[a-z]+$", ".expect.json")));
    }

    @ParameterizedTest
    @MethodSource("recordedBodies")
    void aRecordedErrorIsAFailureOfItsKind(String name) {
        JsonObject expect = expectation(name);
        Failure failure = failure(expect.getInt("status"), RecordedStream.text(name), Map.of());

        assertThat(failure).isInstanceOf(KINDS.get(expect.getString("kind")));
        assertThat(failure.message()).contains("p1");
        if (failure instanceof Failure.ProviderAuth) {
            assertThat(failure.message()).doesNotContain(expect.getString("message"));
        } else {
            assertThat(failure.message()).contains(expect.getString("message").strip());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | InvalidRequest
            401 | ProviderAuth
            402 | QuotaExhausted
            403 | PermissionDenied
            404 | NotFound
            408 | ProviderFailed
            409 | ProviderFailed
            413 | TooLarge
            422 | InvalidRequest
            425 | RateLimited
            429 | RateLimited
            500 | ProviderFailed
            502 | ProviderFailed
            503 | Overloaded
            504 | ProviderFailed
            529 | Overloaded
            418 | ProviderFailed
            """)
    @DisplayName("a body that says nothing leaves it to the status")
    void aBodyThatSaysNothingLeavesItToTheStatus(int status, String kind) {
        for (String body : new String[] {"", " ", "<html><body>No</body></html>", "null", "[]", "[[]]", "7", "{}",
                "{\"error\":null}",
            "{\"error\":{\"message\":\"cut of", "{\"error\":[]}", "[".repeat(5000)}) {
            Failure failure = failure(status, body, Map.of());
            assertThat(failure.getClass().getSimpleName()).as(body).isEqualTo(kind);
            assertThat(failure.message()).contains("p1").contains(String.valueOf(status));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | {"error":{"type":"insufficient_quota","message":"m"}}              | QuotaExhausted
            429 | {"error":{"code":"credit_balance_exhausted","message":"m"}}        | QuotaExhausted
            429 | {"error":{"code":"billing_hard_limit_reached","message":"m"}}      | QuotaExhausted
            429 | {"error":{"type":"rate_limit_error","code":"slow_down"}}           | RateLimited
            429 | {"error":{"type":"authentication_error","message":"m"}}            | RateLimited
            413 | {"error":{"type":"tokens","code":"rate_limit_exceeded","message":"m"}} | RateLimited
            413 | {"error":{"type":"invalid_request_error","message":"m"}}           | TooLarge
            400 | {"error":{"code":"model_not_found","message":"m"}}                 | NotFound
            400 | {"error":{"code":"content_policy_violation","message":"m"}}        | ContentFiltered
            400 | {"error":{"code":"invalid_api_key","message":"m"}}                 | ProviderAuth
            503 | {"error":{"type":"service_unavailable_error","code":"server_is_overloaded"}} | Overloaded
            500 | {"error":{"type":"server_error","message":"m"}}                    | ProviderFailed
            200 | {"error":{"type":"server_error","message":"m"}}                    | ProviderFailed
            422 | {"detail":[{"loc":["body","x"],"msg":"m"}]}                        | InvalidRequest
            400 | [{"error":{"message":"m"}}]                                        | InvalidRequest
            """)
    void typeAndCodeGoBeforeTheStatus(int status, String body, String kind) {
        assertThat(failure(status, body.strip(), Map.of()).getClass().getSimpleName()).isEqualTo(kind);
    }

    @Test
    void paramAndCodeOfAnInvalidRequestAreKept() {
        assertThat(failure(400,
                "{\"error\":{\"message\":\"m\",\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}",
                Map.of()))
                .isEqualTo(new Failure.InvalidRequest("provider 'p1' answered 400: m", "max_tokens",
                "unsupported_parameter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"message\":\"m\",\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}",
        "{\"message\":\"m\",\"type\":\"exceed_context_size_error\",\"code\":400}",
        "{\"message\":\"the request exceeds the available context size, try increasing it\",\"code\":400}",
        "{\"message\":\"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens\"}"})
    @DisplayName("what is too long for the model has OpenAI's code, whoever says so and however")
    void tooLongHasItsCode(String error) {
        String body = "{\"error\":" + error + "}";
        assertThat(failure(400, body, Map.of())).isInstanceOfSatisfying(Failure.InvalidRequest.class,
                failure -> assertThat(failure.code()).isEqualTo("context_length_exceeded"));
        assertThat(OpenAiErrors.inStream("p1", JsonText.parseObject(body))).isInstanceOfSatisfying(
                Failure.InvalidRequest.class, failure -> assertThat(failure.code()).isEqualTo("context_length_exceeded"));
    }

    @Test
    @DisplayName("a limit of tokens that happens to be about the context is not what is too long")
    void aWrongLimitIsNotTooLong() {
        String body = "{\"error\":{\"message\":\"max_tokens must be less than the context length\",\"code\":\"bad\"}}";
        assertThat(failure(400, body, Map.of())).isInstanceOfSatisfying(Failure.InvalidRequest.class,
                failure -> assertThat(failure.code()).isEqualTo("bad"));
    }

    @Test
    void detailsOfAValidationErrorAreKept() {
        assertThat(failure(422, "{\"detail\":[{\"msg\":\"Extra inputs\"}]}", Map.of()).message())
                .contains("Extra inputs");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503, 500})
    void theWaitThatTheProviderAsksForIsKept(int status) {
        assertThat(failure(status, "{}", Map.of("retry-after", "7")).retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(failure(status, "{}", Map.of("retry-after", "1", "retry-after-ms", "0")).retryAfter())
                .contains(Duration.ZERO);
        assertThat(failure(status, "{}", Map.of()).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 400, 403, 500})
    @DisplayName("a provider's words about a key are not quoted")
    void aRefusedKeyIsNotQuoted(int status) {
        Failure failure = failure(status,
                "{\"error\":{\"message\":\"Incorrect API key provided: sk-secret\",\"code\":\"invalid_api_key\"}}",
                Map.of());

        assertThat(failure).isInstanceOf(Failure.ProviderAuth.class);
        assertThat(failure.message()).doesNotContain("sk-secret").contains("llm.provider.p1.api-key");
    }

    private static Failure failure(int status, String body, Map<String, String> headers) {
        return new OpenAiDialect().failure(new ErrorResponse("p1", status, name -> headers.getOrDefault(name, ""), body,
                Instant.EPOCH));
    }
}
