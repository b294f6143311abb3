package io.circuitbreaker.llm.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An answer that broke off, as a model is asked to go on with it: as the beginning of the model's own answer, or with an
 * instruction after it.
 *
 * @param text        what the client has got of it
 * @param instruction empty if the model is to go on by itself
 */
public record AnswerSoFar(String text, Optional<String> instruction) {

    /** Whether it is the beginning of the model's own answer. */
    public boolean isPrefill() {
        return instruction.isEmpty();
    }

    public AnswerSoFar asPrefill() {
        return new AnswerSoFar(text, Optional.empty());
    }

    /** {@code text} without the white space at its end, no-break spaces included. */
    public static String trimmed(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    public static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** The conversation that it goes on in. An answer whose beginning the client wrote itself stays one message. */
    List<ChatMessage> after(List<ChatMessage> messages) {
        List<ChatMessage> all = new ArrayList<>(messages);
        if (begunBy(messages).isEmpty()) {
            all.add(ChatMessage.of(Role.ASSISTANT, text));
        } else {
            all.add(joined(all.removeLast()));
        }
        instruction.ifPresent(words -> all.add(ChatMessage.of(Role.USER, words)));
        return all;
    }

    /** The assistant's message at the end, which the answer goes on with. */
    static Optional<ChatMessage> begunBy(List<ChatMessage> messages) {
        return Optional.of(messages.getLast())
                .filter(last -> last.role() == Role.ASSISTANT && last.toolCalls().isEmpty());
    }

    private ChatMessage joined(ChatMessage begun) {
        List<ContentPart> content = new ArrayList<>(begun.content());
        String before = "";
        if (!content.isEmpty() && content.getLast() instanceof ContentPart.Text(String last)) {
            content.removeLast();
            before = last;
        }
        content.add(new ContentPart.Text(before + text));
        return new ChatMessage(Role.ASSISTANT, content, begun.name(), List.of(), Optional.empty(), begun.reasoning());
    }

    /** Without the text: an answer must not reach a log by accident. */
    @Override
    public String toString() {
        return "AnswerSoFar[" + text.length() + " characters]";
    }
}
