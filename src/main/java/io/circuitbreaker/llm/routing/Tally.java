package io.circuitbreaker.llm.routing;

import java.time.Duration;

/**
 * What requests came to lately: sums to which each request adds one, and in which it counts half as much with each
 * minute. So a ratio of two of them is an average over the last minutes, and the sums of several targets can be added.
 *
 * @param requests        those whose outcome says something about the provider
 * @param failures        those of them that failed, before the first token or after
 * @param firstTokens     those that had a first token
 * @param firstTokenNanos the times that these took to it
 * @param at              the moment for which all this holds
 */
record Tally(double requests, double failures, double firstTokens, double firstTokenNanos, long at) {

    private static final double HALF_LIFE_IN_NANOS = Duration.ofMinutes(1).toNanos();

    static Tally empty(long at) {
        return new Tally(0, 0, 0, 0, at);
    }

    Tally decayedTo(long moment) {
        double left = left(at, moment);
        return new Tally(requests * left, failures * left, firstTokens * left, firstTokenNanos * left, moment);
    }

    Tally withFirstToken(Duration time) {
        return new Tally(requests + 1, failures, firstTokens + 1, firstTokenNanos + time.toNanos(), at);
    }

    Tally withFailure() {
        return new Tally(requests + 1, failures + 1, firstTokens, firstTokenNanos, at);
    }

    /**
     * With news of a request that has counted since its first token: from now on it counts from now, as one and not as
     * two.
     */
    Tally withEnd(long firstTokenAt, boolean failed) {
        return new Tally(requests + 1 - left(firstTokenAt, at), failures + (failed ? 1 : 0), firstTokens,
                firstTokenNanos, at);
    }

    /** @param other for the same moment */
    Tally plus(Tally other) {
        return new Tally(requests + other.requests, failures + other.failures, firstTokens + other.firstTokens,
                firstTokenNanos + other.firstTokenNanos, at);
    }

    /** What is left of one that was added then. */
    private static double left(long then, long now) {
        return Math.pow(0.5, (now - then) / HALF_LIFE_IN_NANOS);
    }
}
