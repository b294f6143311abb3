package io.circuitbreaker.llm.dialect;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** The tools of a client's request that are no functions: they are OpenAI's own, and other languages have none of them. */
public final class OtherTools {

    private OtherTools() {
    }

    /** Where they stand in the request, e.g. {@code tools[2]}. */
    public static List<String> in(JsonObject request) {
        JsonArray tools = request.get("tools") instanceof JsonArray given ? given : JsonValue.EMPTY_JSON_ARRAY;
        List<String> others = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            if (tools.get(i) instanceof JsonObject tool && !tool.getString("type", "function").equals("function")) {
                others.add("tools[" + i + "]");
            }
        }
        return others;
    }
}
