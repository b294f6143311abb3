package io.circuitbreaker.llm.it;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what the server does in its own time. */
final class Await {

    private static final Duration BETWEEN_TWO_LOOKS = Duration.ofMillis(20);

    private Await() {
    }

    /** Looks until it is as wanted, and fails with what it last saw. */
    static <T> T until(Supplier<T> look, Predicate<T> wanted, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        T seen = look.get();
        while (!wanted.test(seen)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not as wanted within " + limit + ", but " + seen);
            }
            LockSupport.parkNanos(BETWEEN_TWO_LOOKS.toNanos());
            seen = look.get();
        }
        return seen;
    }
}
