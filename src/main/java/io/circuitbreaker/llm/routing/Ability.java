package io.circuitbreaker.llm.routing;

/** What a model may be able to take or to do, beyond text. */
public enum Ability {
    TOOLS,
    IMAGES,
    AUDIO,
    FILES,
    /** Answers that keep to a JSON schema. */
    STRUCTURED_OUTPUT,
    REASONING,
    /** Goes on from an unfinished message of the assistant at the end of the prompt. */
    PREFILL
}
