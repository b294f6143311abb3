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

    /**
     * What is absent here is as {@code others} say, as far as it goes together: side by side nobody has to be the first or
     * to stand in, so that who says the one silences others' word for the other.
     */
    public Tactics orElse(Tactics others) {
        if (sideBySide()) {
            return this;
        }
        boolean onlyOne = hedgeAfter.isPresent() || race.orElse(1) > 1 || recovery.equals(Optional.of(Recovery.CONTINUE));
        return new Tactics(hedgeAfter.or(others::hedgeAfter), race.isPresent() ? race : others.race,
                parallel.isPresent() || onlyOne ? parallel : others.parallel, recovery.or(others::recovery));
    }

    /** Whether several answer, each with a choice of its own. */
    public boolean sideBySide() {
        return parallel.orElse(1) > 1;
    }

    /** Whether several are asked for one answer, at once or after a while. */
    public boolean races() {
        return race.orElse(1) > 1 || hedgeAfter.isPresent();
    }
}
