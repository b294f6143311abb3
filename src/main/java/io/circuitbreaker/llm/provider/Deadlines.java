package io.circuitbreaker.llm.provider;

import java.time.Duration;

/**
 * How long a provider may take.
 *
 * @param connect     until the connection stands
 * @param firstToken  from the request to the first real token
 * @param idle        between two signs of progress
 * @param total       from the request to the end
 * @param afterFinish after the finish only usage and a terminator can come; a provider that keeps the connection open
 *                    has ended
 * @param drain       how long an ended answer may take to end its connection too, so that it can be used again
 */
record Deadlines(Duration connect, Duration firstToken, Duration idle, Duration total, Duration afterFinish,
                 Duration drain) {

    /** Those that can be configured, as {@code llm.provider.<name>.*-timeout}, have these defaults. */
    static final Deadlines DEFAULTS = of(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60),
            Duration.ofMinutes(15));

    /** For an answer in one piece: its first token is its last. */
    Deadlines whole() {
        return new Deadlines(connect, total, idle, total, afterFinish, drain);
    }

    static Deadlines of(Duration connect, Duration firstToken, Duration idle, Duration total) {
        return new Deadlines(connect, firstToken, idle, total, Duration.ofSeconds(5), Duration.ofSeconds(1));
    }
}
