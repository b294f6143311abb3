package io.circuitbreaker.llm.provider;

import java.time.Duration;

/**
 * How much is sent to a provider at once, and what becomes of the rest.
 *
 * @param maxConcurrent streams that may be open
 * @param maxQueued     requests that may wait for one of them to end; 0 if none waits
 * @param queueTimeout  how long each of those waits at most
 */
record StreamLimits(int maxConcurrent, int maxQueued, Duration queueTimeout) {

    /** The ends of their keys, {@code llm.provider.<name>.…}. */
    static final String MAX_CONCURRENT_STREAMS = "max-concurrent-streams";
    static final String MAX_QUEUED_REQUESTS = "max-queued-requests";
    static final String QUEUE_TIMEOUT = "queue-timeout";

    static final StreamLimits DEFAULTS = new StreamLimits(1000, 100, Duration.ofSeconds(2));
}
