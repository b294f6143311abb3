package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientErrorsTest {

    private static final String MESSAGE = "what happened";
    private static final Optional<Duration> WAIT = Optional.of(Duration.ofSeconds(1));

    /** Failure, status, type, param, code; an empty text is null in the JSON. */
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Failure.InvalidRequest(MESSAGE, "model", "bad"), 400, "invalid_request_error",
                        "model", "bad"),
                Arguments.of(Failure.InvalidRequest.of("", MESSAGE), 400, "invalid_request_error", "", ""),
                Arguments.of(new Failure.ContentFiltered(MESSAGE), 400, "invalid_request_error", "", "content_filter"),
                Arguments.of(new Failure.Unauthenticated(MESSAGE), 401, "authentication_error", "", "invalid_api_key"),
                Arguments.of(new Failure.PermissionDenied(MESSAGE), 403, "permission_error", "", "permission_denied"),
                Arguments.of(new Failure.Expired(MESSAGE), 410, "expired_error", "", "expired"),
                Arguments.of(new Failure.NotFound(MESSAGE, "model_not_found"), 404, "not_found_error", "",
                        "model_not_found"),
                Arguments.of(new Failure.SlowClient(MESSAGE), 408, "timeout_error", "", "slow_client"),
                Arguments.of(new Failure.TooLarge(MESSAGE), 413, "invalid_request_error", "", "request_too_large"),
                Arguments.of(new Failure.RateLimited(MESSAGE, WAIT), 429, "rate_limit_error", "",
                        "rate_limit_exceeded"),
                Arguments.of(new Failure.QuotaExhausted(MESSAGE), 429, "insufficient_quota", "", "insufficient_quota"),
                Arguments.of(new Failure.LimitReached(MESSAGE, "llm.max", WAIT), 429, "rate_limit_error", "llm.max",
                        "limit_reached"),
                Arguments.of(new Failure.ClientGone(MESSAGE), 499, "client_gone", "", "client_gone"),
                Arguments.of(new Failure.Internal(MESSAGE), 500, "internal_error", "", "internal_error"),
                Arguments.of(new Failure.ProviderAuth(MESSAGE), 502, "upstream_error", "", "provider_auth"),
                Arguments.of(new Failure.Unreachable(MESSAGE), 502, "upstream_error", "", "provider_unreachable"),
                Arguments.of(Failure.ProviderFailed.of(MESSAGE), 502, "upstream_error", "", "provider_error"),
                Arguments.of(new Failure.ClosedEarly(MESSAGE), 502, "upstream_error", "", "stream_closed_early"),
                Arguments.of(new Failure.Malformed(MESSAGE), 502, "upstream_error", "", "malformed_stream"),
                Arguments.of(new Failure.Overloaded(MESSAGE, WAIT), 503, "overloaded_error", "", "provider_overloaded"),
                Arguments.of(new Failure.Cancelled(MESSAGE), 503, "server_error", "", "cancelled"),
                Arguments.of(new Failure.Unavailable(MESSAGE, "server_lost"), 503, "server_error", "", "server_lost"),
                Arguments.of(new Failure.DeadlineExceeded(MESSAGE, Deadline.CONNECT), 504, "timeout_error", "",
                        "connect_timeout"),
                Arguments.of(new Failure.DeadlineExceeded(MESSAGE, Deadline.FIRST_TOKEN), 504, "timeout_error", "",
                        "first_token_timeout"));
    }

    @ParameterizedTest
    @DisplayName("T29: what a stream ends with, and what a response says: each failure in OpenAI's words")
    @MethodSource("failures")
    void aFailureHasAStatusAndWords(Failure failure, int status, String type, String param, String code) {
        assertThat(ClientErrors.status(failure)).isEqualTo(status);
        JsonObject error = JsonText.parseObject(ClientErrors.body(failure)).getJsonObject("error");
        assertThat(error).containsOnlyKeys("message", "type", "param", "code");
        assertThat(error.getString("message")).isEqualTo(MESSAGE);
        assertThat(error.getString("type")).isEqualTo(type);
        assertThat(error.getString("param", "")).isEqualTo(param);
        assertThat(error.getString("code", "")).isEqualTo(code);
        assertThat(error.isNull("param")).isEqualTo(param.isEmpty());
        assertThat(error.isNull("code")).isEqualTo(code.isEmpty());
    }

    @Test
    @DisplayName("whoever adds a kind of failure adds it to the table")
    void theTableHasAllKindsOfFailure() {
        List<Class<?>> inTable = failures().map(row -> row.get()[0].getClass()).<Class<?>>map(type -> type).distinct()
                .toList();

        assertThat(inTable).containsExactlyInAnyOrder(Failure.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a \"quoted\" \\ word", "two\nlines\r\nand a\ttab", "control \u0000 \u001f", "smile 😀",
        "\u2028 and \u2029", "</script>"})
    void theBodyIsOneLineOfJsonWhateverTheMessageIs(String message) {
        String body = ClientErrors.body(new Failure.Internal(message));

        assertThat(body).doesNotContain("\n", "\r");
        assertThat(JsonText.parseObject(body).getJsonObject("error").getString("message")).isEqualTo(message);
    }

    @Test
    void aLoneSurrogateSurvivesTheWire() {
        String body = ClientErrors.body(new Failure.Internal("half \ud83d of it"));
        String received = new String(body.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(received).isEqualTo(body).contains("\\ud83d");
        assertThat(JsonText.parseObject(received).getJsonObject("error").getString("message"))
                .isEqualTo("half \ud83d of it");
    }
}
