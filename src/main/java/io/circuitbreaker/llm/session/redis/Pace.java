package io.circuitbreaker.llm.session.redis;

import java.time.Duration;

/**
 * How often servers look, and how long they wait for each other.
 *
 * @param batch   how long events gather before they are sent
 * @param beat    between two signs of life; what other servers ask is heard as often
 * @param alive   how long a sign of life counts
 * @param missed  how long a reader then still waits for the next one before the stream is given up
 * @param claim   how long a reader elsewhere counts unless it is renewed, which is done with each beat
 * @param outage  how long a reader waits for Redis, and how long a new stream is waited for until Redis knows it is a
 *                fortieth of that
 */
record Pace(Duration batch, Duration beat, Duration alive, Duration missed, Duration claim, Duration outage) {

    static final Pace DEFAULT = new Pace(Duration.ofMillis(5), Duration.ofSeconds(1), Duration.ofSeconds(4),
            Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(10));

    /** After this a stream whose server is gone has been given up, if anybody reads it. */
    Duration certainty() {
        return alive.plus(missed).plus(beat.multipliedBy(2));
    }

    Duration opening() {
        return outage.dividedBy(40);
    }
}
