package io.circuitbreaker.llm.chat;

/** What happens when an answer breaks off after its first token. */
public enum Recovery {
    /** The client is told the truth. */
    NONE,
    /** The next candidate goes on from what was delivered, where that can be done without a lost or doubled word. */
    CONTINUE
}
