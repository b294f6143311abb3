package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.UpstreamFailures;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What Google's errors mean, as an answer's body or inside a stream. */
final class Errors {

    private final String provider;
    private final int status;
    private final JsonObject error;
    private final Optional<Duration> retryAfter;

    /** @param status 0 for an error inside a stream */
    private Errors(String provider, int status, JsonObject error, Optional<Duration> retryAfter) {
        this.provider = provider;
        this.status = status;
        this.error = error;
        this.retryAfter = retryAfter.or(() -> retryDelay(error));
    }

    static Failure ofResponse(ErrorResponse response) {
        JsonObject error = errorIn(parsed(response.body()));
        return new Errors(response.provider(), response.status(), error, response.retryAfter()).failure();
    }

    /** @param document has the member {@code error}, or is the error itself */
    static Failure inStream(String provider, JsonObject document) {
        JsonObject error = document.containsKey("error") ? errorIn(document) : document;
        return new Errors(provider, 0, error, Optional.empty()).failure();
    }

    private Failure failure() {
        String message = string(error, "message");
        if (refusesKey(message)) {
            return UpstreamFailures.auth(provider, code());
        }
        String said = UpstreamFailures.said(provider, status, message);
        return switch (word()) {
            case "INVALID_ARGUMENT", "OUT_OF_RANGE" -> new Failure.InvalidRequest(said, "", invalidCode(message));
            case "UNAUTHENTICATED" -> UpstreamFailures.auth(provider, code());
            // Not of the request but of the account: its country, its billing.
            case "FAILED_PRECONDITION", "PERMISSION_DENIED" -> new Failure.PermissionDenied(said);
            case "NOT_FOUND" -> new Failure.NotFound(said, "");
            case "RESOURCE_EXHAUSTED" -> new Failure.RateLimited(said, retryAfter);
            case "UNAVAILABLE" -> new Failure.Overloaded(said, retryAfter);
            case "INTERNAL", "UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "ABORTED", "DATA_LOSS" ->
                    new Failure.ProviderFailed(said, retryAfter);
            default -> UpstreamFailures.byStatus(provider, code(), message, retryAfter);
        };
    }

    /** A condition without a code of its own that clients know by OpenAI's. */
    private static String invalidCode(String message) {
        boolean tooLong = message.contains("token count") && message.contains("exceeds the maximum number of tokens");
        return tooLong ? "context_length_exceeded" : "";
    }

    /** Google's canonical code; where an error inside a stream names none, that of its number. */
    private String word() {
        String word = string(error, "status");
        if (!word.isEmpty() || status != 0) {
            return word;
        }
        return switch (code()) {
            case 400 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 503 -> "UNAVAILABLE";
            default -> "INTERNAL";
        };
    }

    /** A key that is wrong, expired or suspended is no 401 here; and some of these errors quote it. */
    private boolean refusesKey(String message) {
        boolean named = details(error).stream().map(detail -> string(detail, "reason"))
                .anyMatch(reason -> reason.startsWith("API_KEY_") || reason.startsWith("CONSUMER_"));
        return named || message.contains("api_key:") || message.contains("pass a valid API key");
    }

    private int code() {
        return status == 0 && error.get("code") instanceof JsonNumber number ? number.intValue() : status;
    }

    private static Optional<Duration> retryDelay(JsonObject error) {
        return details(error).stream().map(detail -> string(detail, "retryDelay"))
                .flatMap(delay -> duration(delay).stream()).findFirst();
    }

    /** {@code "48s"} or {@code "48.9s"}: protobuf's JSON form of a duration. */
    private static Optional<Duration> duration(String text) {
        try {
            return text.isEmpty() ? Optional.empty()
                    : Optional.of(Duration.parse("PT" + text)).filter(delay -> !delay.isNegative());
        } catch (DateTimeException notADuration) {
            return Optional.empty();
        }
    }

    private static JsonValue parsed(String body) {
        try {
            return JsonText.parse(body);
        } catch (JsonException notJson) {
            // HTML, nothing, or cut off: the status has to say it.
            return JsonValue.NULL;
        }
    }

    /** The error object of a document, which may be wrapped in an array; empty if there is none. */
    private static JsonObject errorIn(JsonValue document) {
        JsonValue value = document instanceof JsonArray array && !array.isEmpty() ? array.getFirst() : document;
        JsonValue error = value instanceof JsonObject object ? object.get("error") : null;
        if (error instanceof JsonString text) {
            return JsonText.JSON.createObjectBuilder().add("message", text).build();
        }
        return error instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
    }

    private static List<JsonObject> details(JsonObject error) {
        if (!(error.get("details") instanceof JsonArray details)) {
            return List.of();
        }
        return details.stream().filter(JsonObject.class::isInstance).map(JsonValue::asJsonObject).toList();
    }

    private static String string(JsonObject object, String name) {
        return object.get(name) instanceof JsonString text ? text.getString() : "";
    }
}
