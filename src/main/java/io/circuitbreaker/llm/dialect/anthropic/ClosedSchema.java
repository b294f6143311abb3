package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Set;

/**
 * A schema of an answer as the API takes it: each object that does not say whether it may have other members says that it
 * may not. OpenAI asks for that only in strict mode; Anthropic answers 400 without it.
 */
final class ClosedSchema {

    private static final String OTHERS = "additionalProperties";
    private static final Set<String> SCHEMA = Set.of("items", "not", "if", "then", "else", "contains", OTHERS);
    private static final Set<String> LIST_OF_SCHEMAS = Set.of("anyOf", "oneOf", "allOf", "prefixItems");
    private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "patternProperties", "$defs", "definitions");

    private ClosedSchema() {
    }

    static JsonObject of(JsonObject schema) {
        JsonObjectBuilder closed = JSON.createObjectBuilder();
        schema.forEach((keyword, value) -> closed.add(keyword, within(keyword, value)));
        if (isObject(schema) && !schema.containsKey(OTHERS)) {
            closed.add(OTHERS, false);
        }
        return closed.build();
    }

    private static JsonValue within(String keyword, JsonValue value) {
        return switch (value) {
            case JsonObject schema when SCHEMA.contains(keyword) -> of(schema);
            case JsonObject schemas when SCHEMAS_BY_NAME.contains(keyword) -> byName(schemas);
            case JsonArray schemas when LIST_OF_SCHEMAS.contains(keyword) -> list(schemas);
            default -> value;
        };
    }

    private static JsonObject byName(JsonObject schemas) {
        JsonObjectBuilder closed = JSON.createObjectBuilder();
        schemas.forEach((name, schema) -> closed.add(name, one(schema)));
        return closed.build();
    }

    private static JsonArray list(JsonArray schemas) {
        JsonArrayBuilder closed = JSON.createArrayBuilder();
        schemas.forEach(schema -> closed.add(one(schema)));
        return closed.build();
    }

    private static JsonValue one(JsonValue schema) {
        return schema instanceof JsonObject object ? of(object) : schema;
    }

    private static boolean isObject(JsonObject schema) {
        return switch (schema.get("type")) {
            case JsonString type -> type.getString().equals("object");
            case JsonArray types -> types.getValuesAs(JsonValue.class).stream()
                    .anyMatch(type -> type instanceof JsonString word && word.getString().equals("object"));
            case null, default -> schema.containsKey("properties");
        };
    }
}
