package io.circuitbreaker.llm.chat;

/**
 * A finished piece of a model's reasoning that a client gives back with the assistant's message, so that the model can
 * go on from it. Without its signature a provider refuses it.
 *
 * @param text      the reasoning; empty where it is redacted
 * @param signature the provider's proof that it wrote {@code text}; empty if none
 * @param redacted  reasoning that only the provider can read; empty if {@code text} is given
 */
public record ReasoningBlock(String text, String signature, String redacted) {

    @Override
    public String toString() {
        return "ReasoningBlock[" + text.length() + " characters]";
    }
}
