package io.circuitbreaker.llm.chat;

import java.util.List;
import java.util.Optional;

/**
 * One message of a conversation.
 *
 * @param content    may be empty: an assistant's message that only calls tools has none
 * @param name       the speaker's name, or for a tool's result the tool's
 * @param toolCalls  the calls of an assistant's message, in order
 * @param toolCallId for {@link Role#TOOL}: the call that this is the result of
 * @param reasoning  finished reasoning of an assistant's message, in order
 */
public record ChatMessage(Role role, List<ContentPart> content, Optional<String> name, List<ToolCall> toolCalls,
                          Optional<String> toolCallId, List<ReasoningBlock> reasoning) {

    public ChatMessage {
        content = List.copyOf(content);
        toolCalls = List.copyOf(toolCalls);
        reasoning = List.copyOf(reasoning);
    }

    public static ChatMessage of(Role role, String text) {
        return new ChatMessage(role, List.of(new ContentPart.Text(text)), Optional.empty(), List.of(), Optional.empty(),
                List.of());
    }

    /** All text parts, joined without a separator. */
    public String text() {
        if (content.size() == 1 && content.getFirst() instanceof ContentPart.Text only) {
            return only.text();
        }
        StringBuilder joined = new StringBuilder();
        for (ContentPart part : content) {
            if (part instanceof ContentPart.Text text) {
                joined.append(text.text());
            }
        }
        return joined.toString();
    }

    /** Without the content: a prompt must not reach a log by accident. */
    @Override
    public String toString() {
        return "ChatMessage[" + role + ", " + content.size() + " parts, " + toolCalls.size() + " tool calls]";
    }
}
