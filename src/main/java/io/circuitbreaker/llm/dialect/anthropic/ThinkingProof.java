package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.dialect.ProofMarks;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the API's proof that a model thought something, a signature or sealed reasoning, travels to a client and back. It
 * bears our mark and the model's name: a conversation may have come from another provider or another Claude, and for a
 * proof that is not the model's own the API refuses the request, now and in every later turn.
 */
record ThinkingProof(String model) {

    private static final String MARK = ProofMarks.ANTHROPIC;
    /** A model has a name with the date of its release, and one without. */
    private static final Pattern RELEASE = Pattern.compile("-(\\d{8}|latest)$");

    ThinkingProof {
        model = RELEASE.matcher(model).replaceFirst("");
    }

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
