package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * To where the client wants its prompt cached: {@code cache_control} as Anthropic has it, on the request, on parts of
 * messages or, where their content is one text, on messages, and on tools. OpenAI has no such member, and clients send it
 * in OpenAI's form for Claude alone, whose input costs a tenth where it is heeded.
 */
final class CacheMarks {

    private static final String NAME = "cache_control";

    private final Map<String, JsonObject> marks = new HashMap<>(0);

    /** @param request the client's JSON */
    CacheMarks(JsonObject request) {
        note("", request);
        if (request.get("messages") instanceof JsonArray messages) {
            for (int i = 0; i < messages.size(); i++) {
                inMessage(messages.get(i), "messages[" + i + "].content[");
            }
        }
        if (request.get("tools") instanceof JsonArray tools) {
            tools.forEach(this::inTool);
        }
    }

    private void inMessage(JsonValue message, String content) {
        if (!(message instanceof JsonObject object)) {
            return;
        }
        if (!(object.get("content") instanceof JsonArray parts)) {
            note(content + "0]", object);
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            note(content + i + "]", parts.get(i));
        }
    }

    private void inTool(JsonValue tool) {
        if (tool instanceof JsonObject object && object.get("function") instanceof JsonObject function) {
            note(ofTool(function.getString("name", "")), object);
        }
    }

    private static String ofTool(String name) {
        return "tools." + name;
    }

    private void note(String where, JsonValue marked) {
        if (marked instanceof JsonObject object && object.get(NAME) instanceof JsonObject mark) {
            marks.put(where, mark);
        }
    }

    /** The mark of the whole request. */
    Optional<JsonObject> ofRequest() {
        return Optional.ofNullable(marks.get(""));
    }

    /** @param message where it stands in the client's request, e.g. {@code messages[2]} */
    boolean anyIn(String message) {
        return marks.keySet().stream().anyMatch(where -> where.startsWith(message + "."));
    }

    JsonObject onTool(JsonObject definition, String name) {
        return on(definition, ofTool(name));
    }

    /** @param where the block's origin in the client's request, e.g. {@code messages[2].content[0]} */
    JsonObject on(JsonObject block, String where) {
        JsonObject mark = marks.get(where);
        return mark == null ? block : JSON.createObjectBuilder(block).add(NAME, mark).build();
    }
}
