package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import java.util.Locale;

/** Failures in OpenAI's words: a status, and {@code {"error":{"message","type","param","code"}}}. */
final class ClientErrors {

    /** @param param and {@code code} are null in the JSON where they are empty */
    private record Words(int status, String type, String param, String code) {

        Words(int status, String type, String code) {
            this(status, type, "", code);
        }
    }

    private ClientErrors() {
    }

    static int status(Failure failure) {
        return words(failure).status;
    }

    static String body(Failure failure) {
        return write(new StringBuilder("{\"error\":"), failure).append('}').toString();
    }

    /** Appends what is in the member {@code error}. */
    static StringBuilder write(StringBuilder json, Failure failure) {
        Words words = words(failure);
        JsonText.quote(json.append("{\"message\":"), failure.message());
        JsonText.quote(json.append(",\"type\":"), words.type);
        orNull(json.append(",\"param\":"), words.param);
        orNull(json.append(",\"code\":"), words.code);
        return json.append('}');
    }

    private static void orNull(StringBuilder json, String value) {
        if (value.isEmpty()) {
            json.append("null");
        } else {
            JsonText.quote(json, value);
        }
    }

    private static Words words(Failure failure) {
        return switch (failure) {
            case Failure.InvalidRequest f -> new Words(400, "invalid_request_error", f.param(), f.code());
            case Failure.ContentFiltered _ -> new Words(400, "invalid_request_error", "content_filter");
            case Failure.Unauthenticated _ -> new Words(401, "authentication_error", "invalid_api_key");
            case Failure.PermissionDenied _ -> new Words(403, "permission_error", "permission_denied");
            case Failure.NotFound f -> new Words(404, "not_found_error", f.code());
            case Failure.Expired _ -> new Words(410, "expired_error", "expired");
            case Failure.SlowClient _ -> new Words(408, "timeout_error", "slow_client");
            case Failure.TooLarge _ -> new Words(413, "invalid_request_error", "request_too_large");
            case Failure.RateLimited _ -> new Words(429, "rate_limit_error", "rate_limit_exceeded");
            case Failure.QuotaExhausted _ -> new Words(429, "insufficient_quota", "insufficient_quota");
            case Failure.LimitReached f -> new Words(429, "rate_limit_error", f.limit(), "limit_reached");
            case Failure.ClientGone _ -> new Words(499, "client_gone", "client_gone");
            case Failure.Internal _ -> new Words(500, "internal_error", "internal_error");
            case Failure.ProviderAuth _ -> new Words(502, "upstream_error", "provider_auth");
            case Failure.Unreachable _ -> new Words(502, "upstream_error", "provider_unreachable");
            case Failure.ProviderFailed _ -> new Words(502, "upstream_error", "provider_error");
            case Failure.ClosedEarly _ -> new Words(502, "upstream_error", "stream_closed_early");
            case Failure.Malformed _ -> new Words(502, "upstream_error", "malformed_stream");
            case Failure.Overloaded _ -> new Words(503, "overloaded_error", "provider_overloaded");
            case Failure.Cancelled _ -> new Words(503, "server_error", "cancelled");
            case Failure.Unavailable f -> new Words(503, "server_error", f.code());
            case Failure.DeadlineExceeded f ->
                    new Words(504, "timeout_error", f.deadline().name().toLowerCase(Locale.ROOT) + "_timeout");
        };
    }
}
