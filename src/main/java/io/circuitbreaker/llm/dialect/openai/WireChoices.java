package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decodes a chunk that is forwarded as text. Not for the usual token path: that only looks (see {@link ChunkView}). */
final class WireChoices {

    private static final List<String> UNKNOWN_TO_US = List.of("function_call", "audio");

    private WireChoices() {
    }

    static List<StreamingChoice> of(String json) {
        try {
            JsonObject chunk = JsonText.parseObject(json);
            return chunk.get("choices") instanceof JsonArray choices
                    ? choices.getValuesAs(JsonObject.class).stream().map(WireChoices::choice).toList() : List.of();
        } catch (JsonException | ClassCastException e) {
            throw new LlmException(new Failure.Malformed("a chunk cannot be decoded"), e);
        }
    }

    private static StreamingChoice choice(JsonObject choice) {
        Delta delta = choice.get("delta") instanceof JsonObject object ? delta(object) : Delta.EMPTY;
        return new StreamingChoice(choice.getInt("index", 0), delta,
                Optional.of(text(choice, "finish_reason")).filter(word -> !word.isEmpty()).map(FinishReason::new));
    }

    private static Delta delta(JsonObject delta) {
        for (String name : UNKNOWN_TO_US) {
            if (delta.get(name) instanceof JsonObject) {
                throw new LlmException(new Failure.Malformed("a chunk with '" + name + "' cannot be decoded"));
            }
        }
        // Some servers send the same reasoning under both names.
        String reasoning = Stream.of("reasoning_content", "reasoning").map(name -> text(delta, name))
                .filter(text -> !text.isEmpty()).findFirst().orElse("");
        List<ToolCallDelta> calls = delta.get("tool_calls") instanceof JsonArray pieces
                ? pieces.getValuesAs(JsonObject.class).stream().map(WireChoices::toolCall).toList() : List.of();
        return new Delta(delta.get("role") instanceof JsonString, text(delta, "content"), reasoning,
                text(delta, "refusal"), calls, Optional.empty());
    }

    private static ToolCallDelta toolCall(JsonObject call) {
        JsonObject function = call.get("function") instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
        Optional<JsonObject> extra = Optional.ofNullable(call.get("extra_content"))
                .filter(JsonObject.class::isInstance).map(JsonValue::asJsonObject);
        return new ToolCallDelta(call.getInt("index", 0), text(call, "id"), text(function, "name"),
                text(function, "arguments"), extra);
    }

    private static String text(JsonObject object, String name) {
        return object.get(name) instanceof JsonString text ? text.getString() : "";
    }
}
