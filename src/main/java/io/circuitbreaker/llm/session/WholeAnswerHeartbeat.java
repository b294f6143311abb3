package io.circuitbreaker.llm.session;

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
    ALWAYS
}
