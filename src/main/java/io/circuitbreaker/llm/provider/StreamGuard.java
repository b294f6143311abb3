package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ends one attempt from outside: by deadline or by cancel. It interrupts the thread that works on the attempt, which on a
 * virtual thread closes the socket under a blocked read at once; why it did so is in {@link #reason()}.
 *
 * <pre>
 *   WAITING --first token--> FLOWING --finish--> ENDING
 *      |                        |                  |
 *      +------------------------+--release()-------+--> released: no interrupt any more
 * </pre>
 */
final class StreamGuard implements Watched {

    private enum Phase {
        WAITING,
        FLOWING,
        ENDING
    }

    // configuration
    private final String provider;
    private final Deadlines deadlines;
    private final LongSupplier nanoTime;
    private final Consumer<Watched> watch;
    private final long startedAt;

    // written by the owner, read by the watchdog
    private volatile Phase phase = Phase.WAITING;
    private volatile long progressAt;

    // shared, guarded by this
    private boolean released;
    private Failure reason;
    private boolean graceOver;
    // Let go of on release: the watchdog keeps the guard until a due time that was set long before.
    private Thread owner;
    private Runnable onCancel = () -> { };

    StreamGuard(String provider, Deadlines deadlines, LongSupplier nanoTime, Consumer<Watched> watch) {
        this.provider = provider;
        this.deadlines = deadlines;
        this.nanoTime = nanoTime;
        this.watch = watch;
        this.owner = Thread.currentThread();
        this.startedAt = nanoTime.getAsLong();
        this.progressAt = startedAt;
    }

    /** Begins the watch. */
    void arm() {
        watch.accept(this);
    }

    /** A real token came. Pings and empty frames do not count: a provider can send those for ever. */
    void progress() {
        progressAt = nanoTime.getAsLong();
        if (phase == Phase.WAITING) {
            phase = Phase.FLOWING;
            // The idle limit may end before the first-token limit would have.
            watch.accept(this);
        }
    }

    /** The answer has its finish; what may still come is given a short time. */
    void finishing() {
        if (phase != Phase.ENDING) {
            progressAt = nanoTime.getAsLong();
            phase = Phase.ENDING;
            watch.accept(this);
        }
    }

    /** What else has to happen when the attempt is ended from outside, for when its owner is stuck elsewhere. */
    synchronized void onCancel(Runnable action) {
        onCancel = action;
    }

    /** Ends the attempt with this reason, unless it has one already. */
    void cancel(Failure why) {
        Runnable action;
        synchronized (this) {
            if (released || reason != null) {
                return;
            }
            reason = why;
            action = onCancel;
            owner.interrupt();
        }
        action.run();
    }

    /** Why the attempt was ended from outside. */
    synchronized Optional<Failure> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether the time for what may follow the finish is over: not a failure, but the end. */
    synchronized boolean graceOver() {
        return graceOver;
    }

    /** After this the owner is not interrupted on behalf of the attempt any more, and an interrupt of ours is undone. */
    void release() {
        synchronized (this) {
            boolean interrupted = !released && (reason != null || graceOver);
            if (interrupted && Thread.currentThread() == owner) {
                Thread.interrupted();
            }
            released = true;
            owner = null;
            onCancel = () -> { };
        }
    }

    @Override
    public long due() {
        synchronized (this) {
            if (released || reason != null || graceOver) {
                return Watchdog.NEVER;
            }
        }
        long end = startedAt + deadlines.total().toNanos();
        long step = progressAt + limit().toNanos();
        return end - step < 0 ? end : step;
    }

    private Duration limit() {
        return switch (phase) {
            case WAITING -> deadlines.firstToken();
            case FLOWING -> deadlines.idle();
            case ENDING -> Deadlines.AFTER_FINISH;
        };
    }

    @Override
    public void expired() {
        if (phase == Phase.ENDING) {
            synchronized (this) {
                if (!released) {
                    graceOver = true;
                    owner.interrupt();
                }
            }
            return;
        }
        boolean total = nanoTime.getAsLong() - startedAt >= deadlines.total().toNanos();
        if (total) {
            cancel(exceeded(Deadline.TOTAL, "did not end its answer within ", deadlines.total()));
        } else if (phase == Phase.WAITING) {
            cancel(exceeded(Deadline.FIRST_TOKEN, "sent no token within ", deadlines.firstToken()));
        } else {
            cancel(exceeded(Deadline.IDLE, "made no progress for ", deadlines.idle()));
        }
    }

    private Failure exceeded(Deadline deadline, String what, Duration limit) {
        return new Failure.DeadlineExceeded("provider '" + provider + "' " + what + limit.toMillis() + " ms", deadline);
    }
}
