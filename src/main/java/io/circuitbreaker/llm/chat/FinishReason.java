package io.circuitbreaker.llm.chat;

/**
 * Why a choice ended, in OpenAI's words. A closed list would lose what a compatible server says beyond it, so any word
 * is one; the constants are those that translations produce.
 */
public record FinishReason(String word) {

    public static final FinishReason STOP = new FinishReason("stop");
    public static final FinishReason LENGTH = new FinishReason("length");
    public static final FinishReason TOOL_CALLS = new FinishReason("tool_calls");
    public static final FinishReason CONTENT_FILTER = new FinishReason("content_filter");
    /** No finish: one of several choices failed. OpenRouter's word. */
    public static final FinishReason ERROR = new FinishReason("error");

    public FinishReason {
        if (word.isEmpty()) {
            throw new IllegalArgumentException("a finish reason must not be empty");
        }
    }
}
