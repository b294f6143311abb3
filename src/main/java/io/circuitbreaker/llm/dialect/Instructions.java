package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.Role;
import java.util.List;

/** Which system messages of a conversation are part of what is said in turn, for languages that keep instructions apart. */
public final class Instructions {

    private Instructions() {
    }

    /**
     * Whether a system message stands where a user's turn should: after the assistant and before its next answer. Apart from
     * the conversation it would leave the assistant with the last word, or with two answers in one. It depends on nothing that
     * later turns change, so that a conversation stays what it was.
     */
    public static boolean isTurn(List<ChatMessage> messages, int index) {
        return messages.get(index).role() == Role.SYSTEM && role(messages, index, -1) == Role.ASSISTANT
                && role(messages, index, 1) != Role.USER && role(messages, index, 1) != Role.TOOL;
    }

    /** Of the nearest message in this direction that is no instruction; SYSTEM if there is none. */
    private static Role role(List<ChatMessage> messages, int index, int step) {
        int at = index;
        while (at >= 0 && at < messages.size() && messages.get(at).role() == Role.SYSTEM) {
            at += step;
        }
        return at < 0 || at == messages.size() ? Role.SYSTEM : messages.get(at).role();
    }
}
