package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to leave a provider alone that did not say it: any time up to half a second after the first attempt, up to a
 * second after the second, and so on to eight. All of it is chance ("full jitter"), so that requests that failed together
 * do not come back together.
 */
final class BackOff {

    static final Duration FIRST = Duration.ofMillis(500);

    private static final int DOUBLINGS = 4;

    private final DoubleSupplier random;

    BackOff(DoubleSupplier random) {
        this.random = random;
    }

    /** @param attempts how often the provider was asked so far */
    Duration after(int attempts) {
        int doublings = Math.clamp(attempts - 1L, 0, DOUBLINGS);
        return Duration.ofNanos((long) (FIRST.toNanos() * (1L << doublings) * random.getAsDouble()));
    }
}
