package io.circuitbreaker.llm.chat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a request is put to several candidates beyond one after the other. Each part may be absent, and then another's word
 * counts.
 *
 * @param hedgeAfter the next candidate is asked too when no token has come by then; the first to speak is taken
 * @param race       how many are asked at once, of whom the first to speak is taken; 1 is no race
 * @param parallel   how many answer side by side, each as a choice of one answer; 1 is nothing out of the ordinary
 * @param recovery   what happens when an answer breaks off after its first token
 */
public record Tactics(Optional<Duration> hedgeAfter, OptionalInt race, OptionalInt parallel, Optional<Recovery> recovery) {

    public static final Tactics NONE =
            new Tactics(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());

    /** More would only spend money: nobody waits longer than for the quickest of these. */
    public static final int MOST_AT_ONCE = 8;

    public Tactics {
        checkCount("race", race);
        checkCount("parallel", parallel);
    }

    private static void checkCount(String name, OptionalInt count) {
        if (count.isPresent() && (count.getAsInt() < 1 || count.getAsInt() > MOST_AT_ONCE)) {
            throw new IllegalArgumentException(name + " must be from 1 to " + MOST_AT_ONCE + ", was " + count.getAsInt());
        }
    }

    /** What is absent here is as {@code others} say. */
    public Tactics orElse(Tactics others) {
        return new Tactics(hedgeAfter.or(others::hedgeAfter), race.isPresent() ? race : others.race,
                parallel.isPresent() ? parallel : others.parallel, recovery.or(others::recovery));
    }
}
