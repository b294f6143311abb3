package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicErrorsTest {

    private final AnthropicDialect dialect = new AnthropicDialect();

    @ParameterizedTest
    @CsvSource({"500,overloaded_error,Overloaded", "400,rate_limit_error,RateLimited", "200,api_error,ProviderFailed",
        "500,timeout_error,ProviderFailed", "500,invalid_request_error,InvalidRequest",
        "400,authentication_error,ProviderAuth", "400,permission_error,PermissionDenied",
        "400,not_found_error,NotFound",
        "400,request_too_large,TooLarge", "400,billing_error,QuotaExhausted"})
    void typeWinsOverStatus(int status, String type, String failure) {
        assertThat(kind(fail(status, body(type, "words")))).isEqualTo(failure);
    }

    @ParameterizedTest
    @CsvSource({"400,InvalidRequest", "401,ProviderAuth", "402,QuotaExhausted", "403,PermissionDenied", "404,NotFound",
        "413,TooLarge", "429,RateLimited", "500,ProviderFailed", "503,Overloaded", "504,ProviderFailed",
        "529,Overloaded"})
    void statusDecidesWhereThereIsNoTypeThatWeKnow(int status, String failure) {
        for (String body : new String[] {"", "<html>Bad gateway</html>", "[]", "{}", "{\"error\":null}", "{\"error\":{",
            "{\"error\":\"words\"}", body("invented_error", "words"), "{\"error\":{\"type\":7,\"message\":[]}}"}) {
            assertThat(kind(fail(status, body))).as(body).isEqualTo(failure);
        }
    }

    @Test
    void wordsAreThoseOfTheProvider() {
        assertThat(fail(400, body("invalid_request_error", "max_tokens: too big")).message())
                .isEqualTo("provider 'claudia' answered 400: max_tokens: too big");
        assertThat(fail(502, "<html>secret host</html>").message()).isEqualTo("provider 'claudia' answered 502");
    }

    @Test
    void refusedKeyIsNotQuoted() {
        assertThat(fail(401, body("authentication_error", "invalid x-api-key sk-ant-123")).message())
                .doesNotContain("sk-ant-123").contains("llm.provider.claudia.api-key");
    }

    @Test
    void waitIsReadOnlyWhereARetryHelps() {
        assertThat(fail(429, body("rate_limit_error", "slow down")).retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(fail(529, body("overloaded_error", "Overloaded")).retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(fail(400, body("invalid_request_error", "no")).retryAfter()).isEmpty();
        assertThat(fail(401, "").retryAfter()).isEmpty();
    }

    @Test
    void conditionsWithoutATypeOfTheirOwnAreKnownByTheirWords() {
        assertThat(fail(400, body("invalid_request_error", "Your credit balance is too low to access this.")))
                .isInstanceOf(Failure.QuotaExhausted.class);
        assertThat(fail(400, body("invalid_request_error", "Output blocked by content filtering policy")))
                .isInstanceOf(Failure.ContentFiltered.class);
        assertThat(fail(400, body("invalid_request_error", "prompt is too long: 9 tokens > 5 maximum")))
                .isInstanceOfSatisfying(Failure.InvalidRequest.class,
                        failure -> assertThat(failure.code()).isEqualTo("context_length_exceeded"));
        assertThat(fail(404, body("not_found_error", "model: claudine"))).isInstanceOfSatisfying(Failure.NotFound.class,
                failure -> assertThat(failure.code()).isEqualTo("model_not_found"));
    }

    private Failure fail(int status, String body) {
        return dialect.failure(new ErrorResponse("claudia", status, name -> name.equals("retry-after") ? "7" : "", body,
                Instant.EPOCH));
    }

    private static String kind(Failure failure) {
        return failure.getClass().getSimpleName();
    }

    private static String body(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message
                + "\"},\"request_id\":null}";
    }
}
