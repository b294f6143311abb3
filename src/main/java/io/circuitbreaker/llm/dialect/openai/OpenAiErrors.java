package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.UpstreamFailures;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What OpenAI and compatible servers mean by their errors: by type and code first, then by status. */
final class OpenAiErrors {

    private static final String RATE_LIMIT = "rate_limit";
    private static final Pattern TOO_LONG = Pattern.compile("maximum context length is \\d|exceeds? the (available )?"
            + "context (size|length|window)|too large for model with \\d+ maximum context length",
            Pattern.CASE_INSENSITIVE);

    /** @param code as text, also where the server sends a number */
    private record Said(String message, String type, String code, String param) {
    }

    private OpenAiErrors() {
    }

    static Failure of(ErrorResponse response) {
        Said said = parse(response.body());
        return classify(response.provider(), response.status(), said, response.retryAfter());
    }

    /** An error inside of a stream, which has no status but what its JSON says. */
    static Failure inStream(String provider, JsonObject event) {
        Said said = said(event);
        return classify(provider, statusIn(event, said), said, Optional.empty());
    }

    private static Failure classify(String provider, int status, Said said, Optional<Duration> retryAfter) {
        String message = UpstreamFailures.said(provider, status, said.message);
        String word = (said.type + " " + said.code).toLowerCase(Locale.ROOT);
        if (status != 429 && isAuth(status, word, said.message)) {
            return UpstreamFailures.auth(provider, status);
        }
        if (word.contains("insufficient_quota") || word.contains("credit_balance") || word.contains("billing")) {
            return new Failure.QuotaExhausted(message);
        }
        if (word.contains("content_filter") || word.contains("content_policy")) {
            return new Failure.ContentFiltered(message);
        }
        if (word.contains("model_not_found") || word.contains("not_found_error")) {
            return new Failure.NotFound(message, "model_not_found");
        }
        if (status == 400 || status == 422) {
            return new Failure.InvalidRequest(message, said.param, invalidCode(word, said));
        }
        if (status == 413 && word.contains(RATE_LIMIT)) {
            // Larger than what the account may send in a minute (Groq): the request itself is in order.
            return new Failure.RateLimited(message, retryAfter);
        }
        return status == 0 ? byWord(message, word, said)
                : UpstreamFailures.byStatus(provider, status, said.message, retryAfter);
    }

    private static Failure byWord(String message, String word, Said said) {
        if (word.contains("overloaded") || word.contains("unavailable")) {
            return new Failure.Overloaded(message, Optional.empty());
        }
        if (word.contains(RATE_LIMIT) || word.contains("slow_down")) {
            return new Failure.RateLimited(message, Optional.empty());
        }
        if (word.contains("invalid_request") || isTooLong(word, said)) {
            return new Failure.InvalidRequest(message, said.param, invalidCode(word, said));
        }
        return Failure.ProviderFailed.of(message);
    }

    /** The one condition that clients and routes treat differently; compatible servers say it in words of their own. */
    private static String invalidCode(String word, Said said) {
        return isTooLong(word, said) ? "context_length_exceeded" : said.code;
    }

    private static boolean isTooLong(String word, Said said) {
        return word.contains("context_length") || word.contains("context_size")
                || TOO_LONG.matcher(said.message).find();
    }

    /** Some servers answer 400 to a key that they do not know. */
    private static boolean isAuth(int status, String word, String message) {
        boolean aboutTheKey = message.toLowerCase(Locale.ROOT).contains("incorrect api key");
        return status == 401 || word.contains("invalid_api_key") || word.contains("authentication") || aboutTheKey;
    }

    private static int statusIn(JsonObject event, Said said) {
        JsonObject error = event.get("error") instanceof JsonObject object ? object : event;
        for (String name : new String[] {"status_code", "code", "status"}) {
            if (error.get(name) instanceof JsonNumber number && number.intValue() >= 400 && number.intValue() < 600) {
                return number.intValue();
            }
        }
        return said.code.matches("[45]\\d\\d") ? Integer.parseInt(said.code) : 0;
    }

    private static Said parse(String body) {
        try {
            JsonValue json = JsonText.parse(body);
            JsonValue first = json.getValueType() == JsonValue.ValueType.ARRAY && !json.asJsonArray().isEmpty()
                    ? json.asJsonArray().getFirst() : json;
            return first instanceof JsonObject object ? said(object) : new Said("", "", "", "");
        } catch (JsonException notJson) {
            // A proxy's HTML page says nothing that the status does not.
            return new Said("", "", "", "");
        }
    }

    private static Said said(JsonObject body) {
        JsonValue error = body.get("error");
        if (error instanceof JsonString only) {
            return new Said(only.getString(), text(body, "type"), text(body, "code"), "");
        }
        JsonObject object = error instanceof JsonObject nested ? nested : body;
        String message = text(object, "message");
        return new Said(message.isEmpty() ? text(object, "detail") : message, text(object, "type"),
                text(object, "code"), text(object, "param"));
    }

    private static String text(JsonObject object, String name) {
        return switch (object.get(name)) {
            case JsonString string -> string.getString();
            case JsonNumber number -> number.toString();
            case JsonStructure nested -> nested.toString();
            case null, default -> "";
        };
    }
}
