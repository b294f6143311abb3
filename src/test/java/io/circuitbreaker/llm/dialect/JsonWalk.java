package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;

/** Reads a whole document, value by value, and puts it together again. */
record JsonWalk(String text, JsonCursor cursor) {

    static JsonValue of(String text) {
        JsonWalk walk = new JsonWalk(text, new JsonCursor(text));
        JsonValue value = walk.value();
        walk.cursor.end();
        return value;
    }

    private JsonValue value() {
        return switch (cursor.peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> JsonText.JSON.createValue(cursor.string());
            default -> scalar(cursor.raw());
        };
    }

    private JsonValue object() {
        JsonObjectBuilder object = JsonText.JSON.createObjectBuilder();
        cursor.enterObject();
        while (cursor.nextMember()) {
            object.add(name(), value());
        }
        return object.build();
    }

    private JsonValue array() {
        JsonArrayBuilder array = JsonText.JSON.createArrayBuilder();
        cursor.enterArray();
        while (cursor.nextElement()) {
            array.add(value());
        }
        return array.build();
    }

    /** The cursor only compares names; their text is where it says. */
    private String name() {
        return new JsonCursor(text.substring(cursor.keyPosition())).string();
    }

    private static JsonValue scalar(String raw) {
        return switch (raw) {
            case "null" -> JsonValue.NULL;
            case "true" -> JsonValue.TRUE;
            case "false" -> JsonValue.FALSE;
            default -> JsonText.JSON.createValue(new BigDecimal(raw));
        };
    }
}
