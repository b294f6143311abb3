package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What routing does not decide by itself: time, chance, and how to let time pass.
 *
 * @param nanoTime on {@link System#nanoTime}'s scale
 * @param random   from 0 to below 1
 */
record World(LongSupplier nanoTime, DoubleSupplier random, Waiting waiting) {

    static final World REAL =
            new World(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble(),
                    (time, request) -> request.await(time));

    /** Ends early, with an exception, if the request is cancelled. */
    interface Waiting {
        void await(Duration time, Cancellation request);

        /** What comes first, or nothing if it does not come in this time. */
        default <T> Optional<T> first(HandOver<T> coming, Duration time) {
            return coming.take(time);
        }
    }
}
