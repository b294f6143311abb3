package io.circuitbreaker.llm.session;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * From when on the client of a whole answer hears something while its answer is being made: an empty line, which JSON
 * allows before a document. Nothing else finds out that it is gone. The first one commits status 200.
 */
public enum WholeAnswerHeartbeat {
    /** Every failure has its status, and a client that leaves is not noticed. */
    NEVER,
    /** Whatever fails before the first token has its status; who leaves before it is noticed after it. */
    AFTER_FIRST_TOKEN,
    /** As for streams: silence is worth more than a status. */
    ALWAYS;

    /** As configuration writes it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<WholeAnswerHeartbeat> of(String word) {
        return Arrays.stream(values()).filter(value -> value.word().equals(word)).findFirst();
    }
}
