package io.circuitbreaker.llm.relay;

/** How far the thread that delivers to a client has come. One thread counts, and the watch looks at it from another. */
final class Steps {

    static final long NOT_HELD_UP = -1;

    // written by the thread that delivers
    private volatile long done;

    // the watch only
    private long seen;
    private long seenAt;

    Steps() {
        this(0);
    }

    /** @param seen the step that counts as seen already: who is there at the first look is held up */
    Steps(long seen) {
        this.seen = seen;
    }

    void next() {
        long next = done + 1;
        done = next;
    }

    /** Where each way to the client and back is two steps: whether the thread is with the client. */
    boolean isUnderWay() {
        return done % 2 != 0;
    }

    /**
     * How long the client has held up its thread, in nanoseconds; {@link #NOT_HELD_UP} if anything has moved since the
     * last look.
     *
     * @param free whether it does not hold it up now, whatever has moved
     */
    long heldUpNanos(long now, boolean free) {
        long number = done;
        if (number != seen || free) {
            seen = number;
            seenAt = now;
            return NOT_HELD_UP;
        }
        return now - seenAt;
    }
}
