package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One choice, put together from its deltas: texts are joined, lists continued, tool calls merged by their index, and of
 * anything else the last word counts.
 */
final class CollectedChoice {

    private final int index;
    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final Map<String, List<JsonValue>> lists = new LinkedHashMap<>();
    private final Map<String, JsonValue> others = new LinkedHashMap<>();
    private final Map<Integer, CollectedCall> calls = new TreeMap<>();
    private final Map<String, List<JsonValue>> logprobs = new LinkedHashMap<>();
    private final Map<String, JsonValue> choiceMembers = new LinkedHashMap<>();
    private JsonValue finish = JsonValue.NULL;

    CollectedChoice(int index) {
        this.index = index;
    }

    void merge(JsonObject choice) {
        choice.forEach((name, value) -> {
            switch (name) {
                case "index" -> { }
                case "delta" -> value.asJsonObject().forEach(this::mergeDelta);
                case "finish_reason" -> finish = value instanceof JsonString ? value : finish;
                case "logprobs" -> mergeLogprobs(value);
                default -> choiceMembers.put(name, value);
            }
        });
    }

    private void mergeDelta(String name, JsonValue value) {
        if (value.getValueType() == JsonValue.ValueType.NULL || name.equals("role") || name.equals("index")) {
            return;
        }
        switch (value) {
            case JsonString text -> texts.computeIfAbsent(name, _ -> new StringBuilder()).append(text.getString());
            case JsonArray list when name.equals("tool_calls") -> list.forEach(this::mergeCall);
            case JsonArray list -> lists.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(list);
            default -> others.put(name, value);
        }
    }

    private void mergeCall(JsonValue value) {
        JsonObject call = value.asJsonObject();
        calls.computeIfAbsent(call.getInt("index", 0), _ -> new CollectedCall()).merge(call);
    }

    private void mergeLogprobs(JsonValue value) {
        if (value instanceof JsonObject object) {
            object.forEach((name, tokens) -> {
                if (tokens instanceof JsonArray array) {
                    logprobs.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(array);
                }
            });
        }
    }

    JsonObject whole() {
        JsonObjectBuilder choice = JSON.createObjectBuilder().add("index", index).add("message", message());
        choice.add("logprobs", logprobs.isEmpty() ? JsonValue.NULL : arrays(logprobs).build());
        choiceMembers.forEach(choice::add);
        return choice.add("finish_reason", finish).build();
    }

    private JsonObject message() {
        JsonObjectBuilder message = JSON.createObjectBuilder().add("role", "assistant");
        StringBuilder content = texts.remove("content");
        boolean none = content == null || content.isEmpty() && (!calls.isEmpty() || texts.containsKey("refusal"));
        message.add("content", none ? JsonValue.NULL : JSON.createValue(content.toString()));
        texts.forEach((name, text) -> addText(message, name, text));
        if (!texts.containsKey("refusal")) {
            message.addNull("refusal");
        }
        message.addAll(arrays(lists));
        others.forEach(message::add);
        if (!calls.isEmpty()) {
            JsonArrayBuilder list = JSON.createArrayBuilder();
            calls.values().forEach(call -> list.add(call.whole()));
            message.add("tool_calls", list);
        }
        return message.build();
    }

    private static void addText(JsonObjectBuilder message, String name, StringBuilder text) {
        if (!text.isEmpty()) {
            message.add(name, text.toString());
        } else if (name.equals("refusal")) {
            message.addNull(name);
        }
    }

    private static JsonObjectBuilder arrays(Map<String, List<JsonValue>> lists) {
        JsonObjectBuilder object = JSON.createObjectBuilder();
        lists.forEach((name, values) -> {
            JsonArrayBuilder array = JSON.createArrayBuilder();
            values.forEach(array::add);
            object.add(name, array);
        });
        return object;
    }

    /** A tool call from its pieces. */
    private static final class CollectedCall {

        private final Map<String, JsonValue> members = new LinkedHashMap<>();
        private final StringBuilder arguments = new StringBuilder();
        private String name = "";

        void merge(JsonObject call) {
            call.forEach((member, value) -> {
                if (member.equals("function")) {
                    JsonObject function = value.asJsonObject();
                    name = function.getString("name", name);
                    arguments.append(function.getString("arguments", ""));
                } else if (!member.equals("index")) {
                    members.put(member, value);
                }
            });
        }

        JsonObject whole() {
            JsonObjectBuilder call = JSON.createObjectBuilder();
            members.forEach(call::add);
            return call.add("function", JSON.createObjectBuilder().add("name", name).add("arguments", arguments.toString()))
                    .build();
        }
    }
}
