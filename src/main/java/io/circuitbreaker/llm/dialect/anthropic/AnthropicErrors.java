package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.UpstreamFailures;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What Anthropic means by its errors. The type in the body wins over the status, which a proxy may have changed; where
 * there is no type that we know, the status decides.
 */
final class AnthropicErrors {

    private static final int UNAUTHORIZED = 401;

    private record Said(String type, String message) {

        static final Said NOTHING = new Said("", "");
    }

    private AnthropicErrors() {
    }

    static Failure of(ErrorResponse response) {
        Said said = parse(response.body());
        Optional<Duration> retryAfter = response.retryAfter();
        return byType(response.provider(), response.status(), said, retryAfter).orElseGet(() ->
                UpstreamFailures.byStatus(response.provider(), response.status(), said.message, retryAfter));
    }

    /** An error inside of a stream: it has no status and no headers. */
    static Failure inStream(String provider, JsonObject event) {
        Said said = said(event);
        return byType(provider, 0, said, Optional.empty()).orElseGet(() ->
                Failure.ProviderFailed.of(UpstreamFailures.said(provider, 0, said.message)));
    }

    private static Optional<Failure> byType(String provider, int status, Said said, Optional<Duration> retryAfter) {
        String message = UpstreamFailures.said(provider, status, said.message);
        return Optional.ofNullable(switch (said.type) {
            case "invalid_request_error" -> invalid(message, said.message.toLowerCase(Locale.ROOT));
            case "authentication_error" -> UpstreamFailures.auth(provider, status == 0 ? UNAUTHORIZED : status);
            case "billing_error" -> new Failure.QuotaExhausted(message);
            case "permission_error" -> new Failure.PermissionDenied(message);
            case "not_found_error" -> notFound(message, said.message);
            case "request_too_large" -> new Failure.TooLarge(message);
            case "rate_limit_error" -> new Failure.RateLimited(message, retryAfter);
            case "overloaded_error" -> new Failure.Overloaded(message, retryAfter);
            case "api_error", "timeout_error" -> new Failure.ProviderFailed(message, retryAfter);
            default -> null;
        });
    }

    /** Conditions that have no type of their own, and that clients and routes treat differently. */
    private static Failure invalid(String message, String words) {
        if (words.contains("credit balance is too low")) {
            return new Failure.QuotaExhausted(message);
        }
        if (words.contains("content filtering policy")) {
            return new Failure.ContentFiltered(message);
        }
        boolean tooLong = words.contains("prompt is too long") || words.contains("exceed context limit");
        return new Failure.InvalidRequest(message, "", tooLong ? "context_length_exceeded" : "");
    }

    private static Failure notFound(String message, String words) {
        return new Failure.NotFound(message, words.startsWith("model:") ? "model_not_found" : "");
    }

    private static Said parse(String body) {
        try {
            return said(JsonText.parseObject(body));
        } catch (JsonException notJson) {
            // A proxy's HTML page, or a body that was cut: says nothing that the status does not.
            return Said.NOTHING;
        }
    }

    private static Said said(JsonObject body) {
        return switch (body.get("error")) {
            case JsonObject error -> new Said(text(error, "type"), text(error, "message"));
            case JsonString words -> new Said("", words.getString());
            case null, default -> new Said("", text(body, "message"));
        };
    }

    private static String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString string ? string.getString() : "";
    }
}
