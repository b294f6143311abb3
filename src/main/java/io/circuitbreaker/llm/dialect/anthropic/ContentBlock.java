package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One block of an answer's content, from its start to its stop. A block may have content in its start already: some
 * servers send it so, and a whole answer is nothing else.
 */
sealed interface ContentBlock {

    /** Emits what the block's start holds. */
    void open(Consumer<Delta> deltas);

    void add(BlockDelta piece, Consumer<Delta> deltas);

    void close(Consumer<Delta> deltas);

    /**
     * @param toolIndex the index that the block gets among the tool calls, if it is one
     * @param proof     for what the model thought
     */
    static ContentBlock of(JsonObject start, int toolIndex, ThinkingProof proof) {
        return switch (Json.text(start, "type")) {
            case "text" -> new Text(Json.text(start, "text"));
            case "thinking" -> new Thinking(Json.text(start, "thinking"), Json.text(start, "signature"), proof);
            case "redacted_thinking" -> new Redacted(proof.marked(Json.text(start, "data")));
            case "tool_use" -> new Tool(toolIndex, Json.text(start, "id"), Json.text(start, "name"),
                    Json.object(start, "input").toString());
            default -> new Foreign();
        };
    }

    /** For a piece whose block was never announced, and that can stand without: it is none of a tool call's. */
    static ContentBlock unannounced(BlockDelta piece, ThinkingProof proof) {
        return switch (piece.kind()) {
            case TEXT -> new Text("");
            case THINKING, SIGNATURE -> new Thinking("", "", proof);
            case ARGUMENTS, OTHER -> new Foreign();
        };
    }

    record Text(String beginning) implements ContentBlock {

        @Override
        public void open(Consumer<Delta> deltas) {
            if (!beginning.isEmpty()) {
                deltas.accept(Delta.content(beginning));
            }
        }

        @Override
        public void add(BlockDelta piece, Consumer<Delta> deltas) {
            if (piece.kind() == BlockDelta.Kind.TEXT && !piece.value().isEmpty()) {
                deltas.accept(Delta.content(piece.value()));
            }
        }

        @Override
        public void close(Consumer<Delta> deltas) {
            // Its text has been emitted as it came.
        }
    }

    /** Kept to its end, because the client must give it back whole and signed. */
    final class Thinking implements ContentBlock {

        private final StringBuilder text;
        private final StringBuilder signature;
        private final ThinkingProof proof;

        Thinking(String text, String signature, ThinkingProof proof) {
            this.text = new StringBuilder(text);
            this.signature = new StringBuilder(signature);
            this.proof = proof;
        }

        @Override
        public void open(Consumer<Delta> deltas) {
            if (!text.isEmpty()) {
                deltas.accept(Delta.reasoning(text.toString()));
            }
        }

        @Override
        public void add(BlockDelta piece, Consumer<Delta> deltas) {
            if (piece.kind() == BlockDelta.Kind.SIGNATURE) {
                signature.append(piece.value());
            } else if (piece.kind() == BlockDelta.Kind.THINKING && !piece.value().isEmpty()) {
                text.append(piece.value());
                deltas.accept(Delta.reasoning(piece.value()));
            }
        }

        @Override
        public void close(Consumer<Delta> deltas) {
            if (!text.isEmpty() || !signature.isEmpty()) {
                deltas.accept(Delta.finished(
                        new ReasoningBlock(text.toString(), proof.marked(signature.toString()), "")));
            }
        }
    }

    record Redacted(String data) implements ContentBlock {

        @Override
        public void open(Consumer<Delta> deltas) {
            // Nobody but the provider can read it; it is given to the client when it is whole.
        }

        @Override
        public void add(BlockDelta piece, Consumer<Delta> deltas) {
            // It comes whole in its start.
        }

        @Override
        public void close(Consumer<Delta> deltas) {
            if (!data.isEmpty()) {
                deltas.accept(Delta.finished(new ReasoningBlock("", "", data)));
            }
        }
    }

    /** Its arguments are pieces of JSON text, passed on as they come; one without any takes those of its start. */
    final class Tool implements ContentBlock {

        private final int index;
        private final String id;
        private final String name;
        private final String input;
        private boolean hasArguments;

        Tool(int index, String id, String name, String input) {
            this.index = index;
            this.id = id;
            this.name = name;
            this.input = input;
        }

        @Override
        public void open(Consumer<Delta> deltas) {
            deltas.accept(Delta.toolCall(new ToolCallDelta(index, id, name, "", Optional.empty())));
        }

        @Override
        public void add(BlockDelta piece, Consumer<Delta> deltas) {
            if (piece.kind() == BlockDelta.Kind.ARGUMENTS && !piece.value().isEmpty()) {
                hasArguments = true;
                arguments(piece.value(), deltas);
            }
        }

        @Override
        public void close(Consumer<Delta> deltas) {
            if (!hasArguments) {
                arguments(input, deltas);
            }
        }

        private void arguments(String json, Consumer<Delta> deltas) {
            deltas.accept(Delta.toolCall(new ToolCallDelta(index, "", "", json, Optional.empty())));
        }
    }

    /** Tools that the provider runs itself and their results, compaction, and what has been invented since. */
    record Foreign() implements ContentBlock {

        @Override
        public void open(Consumer<Delta> deltas) {
            // Has no place in OpenAI's language.
        }

        @Override
        public void add(BlockDelta piece, Consumer<Delta> deltas) {
            // As above.
        }

        @Override
        public void close(Consumer<Delta> deltas) {
            // As above.
        }
    }
}
