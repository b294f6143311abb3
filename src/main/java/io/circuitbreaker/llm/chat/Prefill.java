package io.circuitbreaker.llm.chat;

/** How a model takes the beginning of its own answer, to go on from it. */
public enum Prefill {
    /** Not at all: it has to be asked in words. */
    NONE,
    /** It goes on after the last character. */
    EXACT,
    /** It goes on after the last character that is not white space: its API refuses an answer that ends in any. */
    TRIMMED
}
