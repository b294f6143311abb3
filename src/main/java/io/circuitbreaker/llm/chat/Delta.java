package io.circuitbreaker.llm.chat;

import java.util.List;
import java.util.Optional;

/**
 * What a chunk adds to a choice. Absent texts are empty strings.
 *
 * @param startsMessage whether this is the choice's first delta, which names the assistant's role
 * @param reasoning     the model's reasoning, kept apart from its answer
 * @param finished      a piece of reasoning that has just ended, to be given back in the next turn
 * @param image         a whole one that the model made
 */
public record Delta(boolean startsMessage, String content, String reasoning, String refusal,
                    List<ToolCallDelta> toolCalls, Optional<ReasoningBlock> finished, Optional<Media.Inline> image) {

    public static final Delta EMPTY = new Delta(false, "", "", "", List.of(), Optional.empty());
    public static final Delta START = new Delta(true, "", "", "", List.of(), Optional.empty());

    /** Without an image. */
    public Delta(boolean startsMessage, String content, String reasoning, String refusal, List<ToolCallDelta> toolCalls,
                 Optional<ReasoningBlock> finished) {
        this(startsMessage, content, reasoning, refusal, toolCalls, finished, Optional.empty());
    }

    public static Delta content(String text) {
        return new Delta(false, text, "", "", List.of(), Optional.empty());
    }

    public static Delta reasoning(String text) {
        return new Delta(false, "", text, "", List.of(), Optional.empty());
    }

    public static Delta toolCall(ToolCallDelta call) {
        return new Delta(false, "", "", "", List.of(call), Optional.empty());
    }

    public static Delta finished(ReasoningBlock block) {
        return new Delta(false, "", "", "", List.of(), Optional.of(block));
    }

    public static Delta image(Media.Inline image) {
        return new Delta(false, "", "", "", List.of(), Optional.empty(), Optional.of(image));
    }

    /** Whether a client would see something of the answer in it: the moment from which there is no silent switch. */
    public boolean speaks() {
        return !content.isEmpty() || !reasoning.isEmpty() || !refusal.isEmpty() || !toolCalls.isEmpty()
                || image.isPresent();
    }
}
