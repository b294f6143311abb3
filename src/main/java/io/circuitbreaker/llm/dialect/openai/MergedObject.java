package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A JSON object put together from its pieces. Members that stream their text are joined, objects merged, lists
 * continued; of anything else the last word counts, unless it says nothing.
 */
final class MergedObject {

    /** All others are labels, which some servers repeat on each chunk. */
    private static final Set<String> JOINED = Set.of("content", "refusal", "reasoning", "reasoning_content",
            "arguments", "input", "text", "summary", "data", "transcript");

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final Map<String, MergedObject> objects = new LinkedHashMap<>();
    private final Map<String, Elements> lists = new LinkedHashMap<>();
    private final Map<String, JsonValue> others = new LinkedHashMap<>();

    void merge(JsonObject piece) {
        piece.forEach(this::merge);
    }

    void merge(String name, JsonValue value) {
        switch (value) {
            case JsonObject object -> objects.computeIfAbsent(name, _ -> new MergedObject()).merge(object);
            case JsonArray list -> lists.computeIfAbsent(name, Elements::new).merge(list);
            case JsonString text when JOINED.contains(name) ->
                    texts.computeIfAbsent(name, _ -> new StringBuilder()).append(text.getString());
            case JsonString text when text.getString().isEmpty() -> others.putIfAbsent(name, value);
            case JsonValue nothing when nothing.getValueType() == JsonValue.ValueType.NULL ->
                    others.putIfAbsent(name, value);
            default -> others.put(name, value);
        }
    }

    JsonObject whole() {
        JsonObjectBuilder whole = JSON.createObjectBuilder();
        // A member that began as null and went on as something else is in two maps: the null first.
        others.forEach(whole::add);
        texts.forEach((name, text) -> whole.add(name, text.toString()));
        objects.forEach((name, object) -> whole.add(name, object.whole()));
        lists.forEach((name, list) -> whole.add(name, list.whole()));
        return whole.build();
    }

    /** A list of whole things, or of pieces of things that say by their index what they are a piece of. */
    private static final class Elements {

        private static final String TOOL_CALLS = "tool_calls";
        private static final String REASONING_DETAILS = "reasoning_details";

        private final String name;
        private final Map<String, MergedObject> begun = new HashMap<>();
        private final List<Supplier<JsonValue>> elements = new ArrayList<>();

        Elements(String name) {
            this.name = name;
        }

        void merge(JsonArray list) {
            for (JsonValue element : list) {
                if (element instanceof JsonObject object && isPiece(object)) {
                    begun.computeIfAbsent(key(object), _ -> begin()).merge(object);
                } else {
                    elements.add(() -> element);
                }
            }
        }

        /** Only these two lists are streamed in pieces; in others an index may mean anything. */
        private boolean isPiece(JsonObject element) {
            return (name.equals(TOOL_CALLS) || name.equals(REASONING_DETAILS)) && element.containsKey("index");
        }

        /** OpenRouter numbers the summary and the encrypted form of one reasoning alike. */
        private String key(JsonObject piece) {
            String index = piece.get("index").toString();
            return name.equals(REASONING_DETAILS) ? index + piece.getString("type", "") : index;
        }

        private MergedObject begin() {
            MergedObject element = new MergedObject();
            elements.add(() -> name.equals(TOOL_CALLS) ? withoutIndex(element.whole()) : element.whole());
            return element;
        }

        private static JsonObject withoutIndex(JsonObject call) {
            return JSON.createObjectBuilder(call).remove("index").build();
        }

        JsonArray whole() {
            JsonArrayBuilder whole = JSON.createArrayBuilder();
            elements.forEach(element -> whole.add(element.get()));
            return whole.build();
        }
    }
}
