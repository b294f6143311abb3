package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Set;

/**
 * A schema as the API takes it where it holds a model to it by a grammar; anything else is a 400.
 *
 * <p>Each object that does not say whether it may have other members says that it may not; OpenAI asks for that only in
 * strict mode. What a grammar cannot hold, such as the limits of a number, is said to the model in the description, as
 * Anthropic's SDKs do it.
 */
final class GrammarSchema {

    private static final String OTHERS = "additionalProperties";
    private static final String DESCRIPTION = "description";
    private static final Set<String> SCHEMA = Set.of("items", OTHERS);
    private static final Set<String> LIST_OF_SCHEMAS = Set.of("anyOf", "oneOf", "allOf", "prefixItems");
    private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "$defs", "definitions");
    private static final Set<String> NOT_IN_A_GRAMMAR = Set.of("minimum", "maximum", "exclusiveMinimum",
            "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "contains",
            "minContains", "maxContains", "minProperties", "maxProperties", "patternProperties", "propertyNames",
            "unevaluatedItems", "unevaluatedProperties", "dependentRequired", "dependentSchemas", "not", "if", "then",
            "else");
    private static final Set<String> FORMATS = Set.of("date-time", "time", "date", "duration", "email", "hostname",
            "uri", "ipv4", "ipv6", "uuid");

    private GrammarSchema() {
    }

    static JsonObject of(JsonObject schema) {
        JsonObjectBuilder written = JSON.createObjectBuilder();
        JsonObjectBuilder said = JSON.createObjectBuilder();
        schema.forEach((keyword, value) -> {
            if (holds(keyword, value)) {
                written.add(name(keyword, schema), within(keyword, value));
            } else {
                said.add(keyword, value);
            }
        });
        JsonObject inWords = said.build();
        if (!inWords.isEmpty()) {
            String before = schema.getString(DESCRIPTION, "");
            written.add(DESCRIPTION, before.isEmpty() ? inWords.toString() : before + "\n\n" + inWords);
        }
        if (isObject(schema) && !schema.containsKey(OTHERS)) {
            written.add(OTHERS, false);
        }
        return written.build();
    }

    private static boolean holds(String keyword, JsonValue value) {
        return switch (keyword) {
            case "minItems" -> value instanceof JsonNumber number && number.doubleValue() <= 1;
            case "format" -> value instanceof JsonString format && FORMATS.contains(format.getString());
            default -> !NOT_IN_A_GRAMMAR.contains(keyword);
        };
    }

    /** Exactly one of several is unknown to grammars, one of several is not. */
    private static String name(String keyword, JsonObject schema) {
        return keyword.equals("oneOf") && !schema.containsKey("anyOf") ? "anyOf" : keyword;
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
        JsonObjectBuilder written = JSON.createObjectBuilder();
        schemas.forEach((name, schema) -> written.add(name, one(schema)));
        return written.build();
    }

    private static JsonArray list(JsonArray schemas) {
        JsonArrayBuilder written = JSON.createArrayBuilder();
        schemas.forEach(schema -> written.add(one(schema)));
        return written.build();
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
