package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.dialect.Instructions;
import io.circuitbreaker.llm.dialect.MissingTurns;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes a conversation as Anthropic wants it: instructions apart, users and assistants taking turns, the user first and
 * mostly last, the results of a turn's tool calls at the beginning of the next.
 */
final class MessagesWriter {

    /** What the API takes for an id; other providers make ids with dots and colons in them. */
    private static final Pattern NOT_IN_ID = Pattern.compile("[^a-zA-Z0-9_-]");

    /** Holds arguments that are not a JSON object: the model is to see what it wrote, often the reason of a failure. */
    private static final String INVALID_ARGUMENTS = "invalid_arguments";

    private final ThinkingProof proof;
    private final boolean thinks;
    private final boolean bound;
    private final boolean goesOn;
    private final CacheMarks marks;
    private final DroppedParams dropped;
    private final ContentWriter content;
    private final List<JsonObject> system = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private boolean reasoned;
    // of the message at hand
    private boolean takesReasoning;

    /**
     * @param thinks whether the model is to reason: where it is not, the API refuses what it thought before, in the turn that
     *               goes on, and from models that bind it to what stood before it in any
     * @param bound  whether the model is one of these
     * @param goesOn whether the model takes a last turn of its own, to go on with
     */
    MessagesWriter(ThinkingProof proof, boolean thinks, boolean bound, boolean goesOn, CacheMarks marks,
                   DroppedParams dropped) {
        this.proof = proof;
        this.thinks = thinks;
        this.bound = bound;
        this.goesOn = goesOn;
        this.dropped = dropped;
        this.marks = marks;
        this.content = new ContentWriter(marks, dropped);
    }

    void read(List<ChatMessage> messages) {
        int asked = lastOfUser(messages);
        for (int i = 0; i < messages.size(); i++) {
            takesReasoning = thinks || !bound && i < asked;
            read(messages.get(i), "messages[" + i + "]", Instructions.isTurn(messages, i));
        }
        if (turns.isEmpty() && !system.isEmpty()) {
            // OpenAI answers to instructions alone, Anthropic only to a user.
            turn("user").add(system);
            system.clear();
        }
        if (!turns.isEmpty() && turns.getLast().isOf("assistant")) {
            end();
        }
        if (!turns.isEmpty() && turns.getFirst().isOf("assistant")) {
            Turn opening = new Turn("user");
            opening.add(ContentWriter.text(MissingTurns.OPENING).stream().toList());
            turns.addFirst(opening);
        }
    }

    private static int lastOfUser(List<ChatMessage> messages) {
        int last = messages.size() - 1;
        while (last >= 0 && messages.get(last).role() != Role.USER) {
            last--;
        }
        return last;
    }

    private void end() {
        if (!goesOn) {
            turn("user").add(ContentWriter.text(MissingTurns.END).stream().toList());
            return;
        }
        // The API refuses one that ends in white space.
        turns.getLast().trim();
        if (turns.getLast().isEmpty()) {
            turns.removeLast();
        }
    }

    /** Whether there is reasoning in the messages. */
    boolean reasoned() {
        return reasoned;
    }

    JsonArray system() {
        return array(system);
    }

    JsonArray messages() {
        JsonArrayBuilder messages = JSON.createArrayBuilder();
        turns.forEach(turn -> messages.add(turn.json()));
        return messages.build();
    }

    private void read(ChatMessage message, String where, boolean isTurn) {
        if (message.role() != Role.TOOL && message.name().isPresent()) {
            dropped.add(where + ".name");
        }
        switch (message.role()) {
            case SYSTEM -> instruct(content.texts(message.content(), where), isTurn);
            case USER -> append("user", content.question(message.content(), where));
            case ASSISTANT -> append("assistant", assistant(message, where));
            case TOOL -> turn("user").addResult(result(message, where));
        }
    }

    private void instruct(List<JsonObject> blocks, boolean isTurn) {
        if (isTurn) {
            append("user", blocks);
        } else {
            system.addAll(blocks);
        }
    }

    private void append(String role, List<JsonObject> blocks) {
        if (!blocks.isEmpty()) {
            turn(role).add(blocks);
        }
    }

    /** The turn to add to: equal roles one after the other are one turn. */
    private Turn turn(String role) {
        if (turns.isEmpty() || !turns.getLast().isOf(role)) {
            turns.add(new Turn(role));
        }
        return turns.getLast();
    }

    private List<JsonObject> assistant(ChatMessage message, String where) {
        List<JsonObject> said = content.blocks(message.content(), where);
        message.toolCalls().forEach(call -> said.add(toolUse(call)));
        List<JsonObject> blocks = new ArrayList<>();
        for (ReasoningBlock block : message.reasoning()) {
            // The API refuses a turn that ends with reasoning, too.
            Optional<JsonObject> written = takesReasoning && !said.isEmpty() ? reasoning(block, proof) : Optional.empty();
            written.ifPresentOrElse(blocks::add, () -> dropped.add(where + ".reasoning_details"));
            reasoned |= written.isPresent();
        }
        blocks.addAll(said);
        return blocks;
    }

    /** Empty for reasoning that the model cannot be shown to have had: the API refuses it. */
    static Optional<JsonObject> reasoning(ReasoningBlock block, ThinkingProof proof) {
        if (!block.redacted().isEmpty()) {
            return proof.own(block.redacted()).map(data -> ofType("redacted_thinking").add("data", data).build());
        }
        return proof.own(block.signature()).map(signature -> ofType("thinking").add("thinking", block.text())
                .add("signature", signature).build());
    }

    private static JsonObject toolUse(ToolCall call) {
        return ofType("tool_use").add("id", id(call.id())).add("name", call.name())
                .add("input", input(call.arguments())).build();
    }

    private static JsonObject input(String arguments) {
        if (arguments.isBlank()) {
            return JsonValue.EMPTY_JSON_OBJECT;
        }
        try {
            return JsonText.parseObject(arguments);
        } catch (JsonException notAnObject) {
            // Also a call that the limit of tokens has cut. The conversation must be able to go on after it.
            return JSON.createObjectBuilder().add(INVALID_ARGUMENTS, arguments).build();
        }
    }

    private JsonObject result(ChatMessage message, String where) {
        JsonObjectBuilder result = ofType("tool_result").add("tool_use_id", id(message.toolCallId().orElse("")));
        if (message.content().stream().allMatch(ContentPart.Text.class::isInstance) && !marks.anyIn(where)) {
            String text = message.text();
            return text.isBlank() ? result.build() : result.add("content", text).build();
        }
        List<JsonObject> blocks = content.blocks(message.content(), where);
        return blocks.isEmpty() ? result.build() : result.add("content", array(blocks)).build();
    }

    private static String id(String id) {
        return NOT_IN_ID.matcher(id).replaceAll("_");
    }

    private static JsonArray array(List<JsonObject> blocks) {
        return JSON.createArrayBuilder(blocks).build();
    }

    private static JsonObjectBuilder ofType(String type) {
        return JSON.createObjectBuilder().add("type", type);
    }
}
