package io.circuitbreaker.llm.dialect;

/**
 * What we write before a provider's proof of what its model thought, so that it is known whose it is when a client gives it
 * back.
 */
public final class ProofMarks {

    /** Followed by the model's name and a colon. */
    public static final String ANTHROPIC = "anthropic:";
    public static final String GOOGLE = "google:";

    private ProofMarks() {
    }

    /** As the provider gave it: others know no marks of ours. */
    public static String unmarked(String proof) {
        if (proof.startsWith(GOOGLE)) {
            return proof.substring(GOOGLE.length());
        }
        return proof.startsWith(ANTHROPIC) ? proof.substring(proof.lastIndexOf(':') + 1) : proof;
    }
}
