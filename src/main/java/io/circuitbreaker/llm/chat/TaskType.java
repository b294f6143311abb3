package io.circuitbreaker.llm.chat;

/** What a request is about, in the client's own judgement. */
public enum TaskType {
    GENERAL_CHAT,
    CODING,
    ANALYSIS,
    CREATIVE,
    REASONING,
    SUMMARIZATION
}
