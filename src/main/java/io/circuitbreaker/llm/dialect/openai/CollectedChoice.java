package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;

/** One choice of an answer in a single document, put together from its deltas. */
final class CollectedChoice {

    private static final List<String> SPEAKER = List.of("provider", "model");

    private final int index;
    private final MergedObject message = new MergedObject();
    private final MergedObject others = new MergedObject();

    CollectedChoice(int index) {
        this.index = index;
    }

    void merge(JsonObject choice) {
        choice.forEach((name, value) -> {
            switch (name) {
                case "delta" -> message.merge(value.asJsonObject());
                // A message beside the delta is the answer so far, which we put together ourselves.
                case "index", "message" -> { }
                default -> others.merge(name, value);
            }
        });
    }

    /** Takes who speaks from a chunk of it. */
    void spokenBy(JsonObject chunk) {
        SPEAKER.stream().filter(chunk::containsKey).forEach(name -> others.merge(name, chunk.get(name)));
    }

    JsonObject whole() {
        JsonObjectBuilder choice = JSON.createObjectBuilder().add("index", index).add("message", message())
                .addNull("logprobs").addNull("finish_reason");
        others.whole().forEach(choice::add);
        return choice.build();
    }

    /** Content is null beside tool calls or a refusal, and what stayed empty is left out: that is OpenAI's form. */
    private JsonObject message() {
        JsonObject merged = message.whole();
        JsonObjectBuilder whole = JSON.createObjectBuilder().add("role", "assistant").addNull("content")
                .addNull("refusal");
        boolean noContent = !isEmpty(merged.get("tool_calls")) || !isEmpty(merged.get("refusal"));
        merged.forEach((name, value) -> {
            boolean emptyContent = name.equals("content") && value instanceof JsonString && !noContent;
            if (!name.equals("role") && !name.equals("index") && (emptyContent || !isEmpty(value))) {
                whole.add(name, value);
            }
        });
        return whole.build();
    }

    private static boolean isEmpty(JsonValue value) {
        return switch (value) {
            case null -> true;
            case JsonString text -> text.getString().isEmpty();
            case JsonArray list -> list.isEmpty();
            default -> value.getValueType() == JsonValue.ValueType.NULL;
        };
    }
}
