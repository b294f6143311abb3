package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.ToolDefinition;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.stream.Collectors;

/** Arguments that fit a tool's schema well enough for an agent's loop to go on. */
final class DemoArguments {

    private DemoArguments() {
    }

    static String of(ToolDefinition tool) {
        JsonObject schema = tool.parameters().orElse(JsonValue.EMPTY_JSON_OBJECT);
        JsonObject properties = schema.get("properties") instanceof JsonObject object
                ? object : JsonValue.EMPTY_JSON_OBJECT;
        // With a space after each comma, at which the text is cut into pieces.
        return properties.entrySet().stream()
                .map(property -> JsonText.quote(property.getKey()) + ":" + value(property.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static JsonValue value(JsonValue property) {
        JsonObject schema = property instanceof JsonObject object
                ? object : JsonValue.EMPTY_JSON_OBJECT;
        if (schema.get("enum") instanceof JsonArray choices && !choices.isEmpty()) {
            return choices.getFirst();
        }
        return switch (schema.getString("type", "string")) {
            case "integer", "number" -> JsonText.JSON.createValue(1);
            case "boolean" -> JsonValue.TRUE;
            case "array" -> JsonValue.EMPTY_JSON_ARRAY;
            case "object" -> JsonValue.EMPTY_JSON_OBJECT;
            default -> JsonText.JSON.createValue("demo");
        };
    }
}
