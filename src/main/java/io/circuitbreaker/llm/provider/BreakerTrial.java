package io.circuitbreaker.llm.provider;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which attempt is the one that an open circuit breaker lets through. The breaker itself does not say; but whom it refuses
 * can tell, and the next attempt to get past it is the trial. Thread-safe.
 */
final class BreakerTrial {

    private final AtomicBoolean next = new AtomicBoolean();

    /** The breaker has refused a request. */
    void expect() {
        next.set(true);
    }

    /** An attempt begins; returns whether it is the trial. */
    boolean begin() {
        return next.getAndSet(false);
    }

    /** The breaker is closed. */
    void passed() {
        next.set(false);
    }
}
