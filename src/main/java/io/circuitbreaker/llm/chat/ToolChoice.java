package io.circuitbreaker.llm.chat;

/** Whether and which tool the model is to call. */
public sealed interface ToolChoice {

    record Auto() implements ToolChoice {
    }

    record None() implements ToolChoice {
    }

    /** At least one call, of any tool. */
    record Required() implements ToolChoice {
    }

    record Function(String name) implements ToolChoice {
    }
}
