package io.circuitbreaker.llm.relay;

import java.util.concurrent.TimeUnit;

/**
 * When a client that has held up a shared thread may have one again. It may have been innocent: on a server that has too
 * much to do a thread is held up by the other threads. Used by one thread at a time.
 */
final class Probation {

    /** A delivery that takes less has waited for nobody. */
    static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** So many of them in a row are wanted at first, and each time twice as many: who is slow again will be once more. */
    static final int FIRST = 32;
    private static final int MOST = 1 << 16;

    private int wanted = FIRST;
    private int quick;

    /** Takes a delivery into account. */
    boolean isOver(long nanos) {
        quick = nanos < QUICK_NANOS ? quick + 1 : 0;
        if (quick < wanted) {
            return false;
        }
        quick = 0;
        wanted = Math.min(MOST, wanted * 2);
        return true;
    }
}
