package io.circuitbreaker.llm.dialect.google;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes ids for tool calls that came without one, which is the rule here: clients match results to calls by id. Unique
 * across answers, short and plain enough for every other provider's rules, and recognisable, so that Google is not
 * given back an id that it never gave out.
 */
final class CallIds {

    private static final String PREFIX = "call_google_";

    private final String answer;
    private int made;

    CallIds() {
        this(HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()));
    }

    /** @param answer sets this answer's ids apart from those of all others */
    CallIds(String answer) {
        this.answer = answer;
    }

    String next() {
        return PREFIX + answer + '_' + made++;
    }

    static boolean isMade(String id) {
        return id.startsWith(PREFIX);
    }
}
