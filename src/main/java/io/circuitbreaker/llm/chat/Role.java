package io.circuitbreaker.llm.chat;

/** Who speaks in a {@link ChatMessage}. {@code developer} is the newer word for {@code system} and means the same. */
public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
}
