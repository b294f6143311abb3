package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;

/** Reads what a provider sent: absent and {@code null} are the same, another type than expected is not its protocol. */
final class Json {

    private Json() {
    }

    static JsonObject parse(String text) {
        try {
            return JsonText.parseObject(text);
        } catch (JsonException notJson) {
            // Without the cause: the parser's message quotes what it read.
            throw new MalformedChunkException("expected a JSON object in " + text.length() + " characters");
        }
    }

    static JsonObject object(JsonObject parent, String name) {
        return switch (parent.get(name)) {
            case null -> JsonValue.EMPTY_JSON_OBJECT;
            case JsonObject object -> object;
            case JsonValue other when other == JsonValue.NULL -> JsonValue.EMPTY_JSON_OBJECT;
            default -> throw unexpected(name, "an object");
        };
    }

    static JsonObject requiredObject(JsonObject parent, String name) {
        if (!(parent.get(name) instanceof JsonObject object)) {
            throw unexpected(name, "an object");
        }
        return object;
    }

    static String text(JsonObject parent, String name) {
        return switch (parent.get(name)) {
            case null -> "";
            case JsonString string -> string.getString();
            case JsonValue other when other == JsonValue.NULL -> "";
            default -> throw unexpected(name, "a string");
        };
    }

    static long number(JsonObject parent, String name, long otherwise) {
        return switch (parent.get(name)) {
            case null -> otherwise;
            case JsonNumber number -> number.longValue();
            case JsonValue other when other == JsonValue.NULL -> otherwise;
            default -> throw unexpected(name, "a number");
        };
    }

    private static MalformedChunkException unexpected(String name, String wanted) {
        return new MalformedChunkException("expected '" + name + "' to be " + wanted);
    }
}
