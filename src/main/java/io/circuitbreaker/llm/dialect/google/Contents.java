package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.dialect.Instructions;
import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.MissingTurns;
import io.circuitbreaker.llm.dialect.UpstreamParts;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The conversation as Google's turns. Messages of one kind in a row become one turn; the results of one round of calls
 * are a turn of their own, because Google counts them against the calls.
 */
final class Contents {

    private record Turn(Role kind, List<JsonObject> parts) {
    }

    private final GeminiModel model;
    private final boolean takesPrefill;
    private final Set<String> dropped;
    private final ContentParts contentParts;
    private final List<JsonObject> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> functionNames = new HashMap<>();

    /** @param takesPrefill whether the model goes on from a last turn of its own */
    Contents(GeminiModel model, boolean takesPrefill, Set<String> dropped) {
        this.model = model;
        this.takesPrefill = takesPrefill;
        this.dropped = dropped;
        this.contentParts = new ContentParts(dropped);
    }

    void write(List<ChatMessage> messages, JsonObjectBuilder body) {
        for (int i = 0; i < messages.size(); i++) {
            message(messages.get(i), i, Instructions.isTurn(messages, i));
        }
        if (turns.isEmpty() && !system.isEmpty()) {
            // Google refuses a request without a turn, where others answer the instruction itself.
            turns.add(new Turn(Role.USER, List.copyOf(system)));
            system.clear();
        }
        if (!system.isEmpty()) {
            body.add("systemInstruction", JsonText.JSON.createObjectBuilder().add("parts", array(system)));
        }
        addMissingTurns();
        JsonArrayBuilder contents = JsonText.JSON.createArrayBuilder();
        turns.forEach(turn -> contents.add(JsonText.JSON.createObjectBuilder()
                .add("role", turn.kind() == Role.ASSISTANT ? "model" : "user").add("parts", array(turn.parts()))));
        body.add("contents", contents);
    }

    /** Puts a user's turn where Google must have one: before a call, and with newer models behind all. */
    private void addMissingTurns() {
        if (!turns.isEmpty() && isCall(turns.getFirst())) {
            turns.addFirst(new Turn(Role.USER, List.of(ContentParts.text(MissingTurns.OPENING))));
        }
        if (!turns.isEmpty() && turns.getLast().kind() == Role.ASSISTANT && !takesPrefill) {
            turns.add(new Turn(Role.USER, List.of(ContentParts.text(MissingTurns.END))));
        }
    }

    private static boolean isCall(Turn turn) {
        return turn.parts().stream().anyMatch(part -> part.containsKey("functionCall"));
    }

    private void message(ChatMessage message, int index, boolean isTurn) {
        if (message.role() != Role.TOOL && message.name().isPresent()) {
            dropped.add("name");
        }
        switch (message.role()) {
            case SYSTEM -> instruct(contentParts.of(message.content()), isTurn);
            case USER -> add(Role.USER, question(message.content(), index));
            case ASSISTANT -> add(Role.ASSISTANT, assistant(message));
            case TOOL -> add(Role.TOOL, result(message));
        }
    }

    /** A message of which nothing would be left is not left out: it is what is asked. */
    private List<JsonObject> question(List<ContentPart> content, int index) {
        List<JsonObject> parts = contentParts.of(content);
        if (parts.isEmpty()) {
            UpstreamParts.checkNone(content, ContentParts::untold, "messages[" + index + "]");
        }
        return parts;
    }

    private void instruct(List<JsonObject> parts, boolean isTurn) {
        if (isTurn) {
            add(Role.USER, parts);
        } else {
            system.addAll(parts);
        }
    }

    private void add(Role kind, List<JsonObject> parts) {
        if (parts.isEmpty()) {
            return;
        }
        if (turns.isEmpty() || turns.getLast().kind() != kind) {
            turns.add(new Turn(kind, new ArrayList<>()));
        }
        turns.getLast().parts().addAll(parts);
    }

    private List<JsonObject> assistant(ChatMessage message) {
        List<JsonObject> parts = new ArrayList<>();
        message.reasoning().forEach(block -> thought(block).ifPresent(parts::add));
        List<JsonObject> said = new ArrayList<>(contentParts.of(message.content()));
        message.reasoning().reversed().stream().filter(block -> block.text().isEmpty())
                .flatMap(block -> ThoughtSignatures.ofBlock(block).stream()).findFirst()
                .ifPresent(signature -> sign(said, signature));
        parts.addAll(said);
        for (int i = 0; i < message.toolCalls().size(); i++) {
            parts.add(call(message.toolCalls().get(i), i == 0));
        }
        return parts;
    }

    /** Only signed thoughts go back: without a signature they are a summary that Google does not read. */
    private static Optional<JsonObject> thought(ReasoningBlock block) {
        if (block.text().isEmpty()) {
            return Optional.empty();
        }
        return ThoughtSignatures.ofBlock(block).map(signature -> JsonText.JSON.createObjectBuilder()
                .add("text", block.text()).add("thought", true).add("thoughtSignature", signature).build());
    }

    /** A block without text signs the answer: its last text, where Google put it, or a part that only signs. */
    private static void sign(List<JsonObject> said, String signature) {
        int last = said.size() - 1;
        while (last >= 0 && !said.get(last).containsKey("text")) {
            last--;
        }
        JsonObject part = last < 0 ? ContentParts.text("") : said.get(last);
        JsonObject signed = JsonText.JSON.createObjectBuilder(part).add("thoughtSignature", signature).build();
        if (last < 0) {
            said.add(signed);
        } else {
            said.set(last, signed);
        }
    }

    private JsonObject call(ToolCall call, boolean first) {
        functionNames.put(call.id(), call.name());
        JsonObjectBuilder function = JsonText.JSON.createObjectBuilder();
        addId(function, call.id());
        function.add("name", call.name()).add("args", arguments(call.arguments()));
        JsonObjectBuilder part = JsonText.JSON.createObjectBuilder().add("functionCall", function);
        ThoughtSignatures.ofExtra(call.extra())
                .or(() -> first && model.takesThinkingLevel() ? Optional.of(ThoughtSignatures.NOT_OURS)
                        : Optional.empty())
                .ifPresent(signature -> part.add("thoughtSignature", signature));
        return part.build();
    }

    /** Arguments that are no object are the model's own slip: it is shown what it wrote. */
    private static JsonObject arguments(String json) {
        return json.isBlank() ? JsonValue.EMPTY_JSON_OBJECT : object(json)
                .orElseGet(() -> JsonText.JSON.createObjectBuilder().add("arguments", json).build());
    }

    private List<JsonObject> result(ChatMessage message) {
        String id = message.toolCallId().orElse("");
        String name = Optional.ofNullable(functionNames.get(id)).or(message::name).orElseThrow(() ->
                new LlmException(Failure.InvalidRequest.of("messages", "the tool message with tool_call_id '" + id
                        + "' must follow an assistant message that has a tool call with this id")));
        String text = message.text();
        JsonObjectBuilder response = JsonText.JSON.createObjectBuilder();
        addId(response, id);
        response.add("name", name).add("response", object(text)
                .orElseGet(() -> JsonText.JSON.createObjectBuilder().add("result", text).build()));
        List<JsonObject> parts = new ArrayList<>();
        parts.add(JsonText.JSON.createObjectBuilder().add("functionResponse", response).build());
        contentParts.of(message.content()).stream().filter(part -> !part.containsKey("text")).forEach(parts::add);
        return parts;
    }

    private static void addId(JsonObjectBuilder part, String id) {
        if (!id.isEmpty() && !CallIds.isMade(id)) {
            part.add("id", id);
        }
    }

    private static Optional<JsonObject> object(String json) {
        if (!json.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            JsonCursor whole = new JsonCursor(json);
            whole.skip();
            // The platform's parser stops after the object and would lose what follows it.
            whole.end();
            return Optional.of(JsonText.parseObject(json));
        } catch (MalformedChunkException | JsonException notAnObject) {
            // Text that only looks like JSON is text.
            return Optional.empty();
        }
    }

    private static JsonArrayBuilder array(List<JsonObject> parts) {
        JsonArrayBuilder array = JsonText.JSON.createArrayBuilder();
        parts.forEach(array::add);
        return array;
    }
}
