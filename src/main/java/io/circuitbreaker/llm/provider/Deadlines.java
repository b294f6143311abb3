package io.circuitbreaker.llm.provider;

import java.time.Duration;

/** How long a provider may take. Defaults are those of {@code llm.provider.<name>.*-timeout}. */
public record Deadlines(Duration connect, Duration firstToken, Duration idle, Duration total) {

    public static final Deadlines DEFAULTS =
            new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMinutes(15));

    /** After the finish only usage and a terminator can come; a provider that keeps the connection open has ended. */
    static final Duration AFTER_FINISH = Duration.ofSeconds(5);

    /** How long an ended answer may take to end its connection too, so that it can be used again. */
    static final Duration DRAIN = Duration.ofSeconds(1);
}
