package io.circuitbreaker.llm.dialect.anthropic;

import java.util.Optional;

/**
 * How the API's proof that a model thought something, a signature or sealed reasoning, travels to a client and back. It
 * bears our mark and the model's name: a conversation may have come from another provider or another Claude, and the API
 * refuses a request for a proof that is not the model's own, now and in every later turn.
 */
record ThinkingProof(String model) {

    private static final String MARK = "anthropic:";

    /** @param proof as the API gave it; empty if there is none */
    String marked(String proof) {
        return proof.isEmpty() ? "" : MARK + model + ":" + proof;
    }

    /** As the API gave it; empty if it is not this model's. */
    Optional<String> own(String marked) {
        String mark = MARK + model + ":";
        return marked.startsWith(mark) ? Optional.of(marked.substring(mark.length())) : Optional.empty();
    }
}
