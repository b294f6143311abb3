package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Ends one attempt from outside: by deadline or by cancel. An owner that waits for the provider is interrupted, which
 * wakes it at once. At any other time the owner is busy with its client and is left alone: an interrupt there would break
 * what it writes.
 *
 * <pre>
 *   CONNECTING --connection--> WAITING, if it is told of them
 *   WAITING --first token--> FLOWING --finish--> ENDING --end--> DRAINING
 *      |                        |  <----token-----  |               |
 *      +------------------------+------------------+--release()-----+--> released: nothing is done any more
 * </pre>
 */
final class StreamGuard implements Watched {

    private enum Phase {
        CONNECTING,
        WAITING,
        FLOWING,
        ENDING,
        DRAINING
    }

    private static final Runnable NOTHING = () -> { };
    /** Who is away for longer is not busy: its client holds it up. */
    private static final long HELD_UP_NANOS = Duration.ofMillis(100).toNanos();

    // configuration
    private final String provider;
    private final Deadlines deadlines;
    private final LongSupplier nanoTime;
    private final Consumer<Watched> watch;
    private final long startedAt;

    // written by the owner, read by the watchdog
    private volatile long restedAt;
    private volatile long heldUpNanos;
    private volatile Phase phase = Phase.WAITING;
    private volatile long connectingSince;
    // the watchdog may move it too, while the owner is away
    private volatile long progressAt;

    // Each side writes its own and then reads the other's, so that one of them sees both: written by the owner, ...
    private volatile boolean waiting = true;
    // ... and by whoever ends the attempt, guarded by this
    private volatile Failure reason;
    private volatile boolean graceOver;

    // guarded by this
    private boolean interrupted;
    private boolean released;
    // Let go of on release: the watchdog keeps the guard until a due time that was set long before.
    private Thread owner;
    private Runnable onCancel = NOTHING;
    private Runnable onEndWhileAway = NOTHING;

    /** Made by the owner, which is taken to wait for the provider from now on. */
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

    /** The calling thread is the owner from now on. Call it while the owner rests. */
    synchronized void adopt() {
        if (!released) {
            owner = Thread.currentThread();
        }
    }

    /**
     * The owner waits for the provider from now on and may be interrupted. It looks at {@link #isOver} before it
     * reads.
     */
    void await() {
        if (!waiting) {
            long away = nanoTime.getAsLong() - restedAt;
            heldUpNanos += away >= HELD_UP_NANOS ? away : 0;
        }
        waiting = true;
    }

    /**
     * The owner leaves: until the next {@link #adopt} there is none, and whoever ends the attempt while none rests says so.
     *
     * @param wake called where the owner would be interrupted, on the thread that ends the attempt
     */
    void leave(Runnable wake) {
        synchronized (this) {
            owner = null;
            onEndWhileAway = wake;
        }
        await();
    }

    /** The owner turns to other things. After this it is not interrupted, and no interrupt of ours is left over. */
    void rest() {
        restedAt = nanoTime.getAsLong();
        waiting = false;
        if (isOver()) {
            undoInterrupt();
            onCancel().run();
        }
    }

    /** The owner is about to send a request, for which there may have to be a connection first. */
    void connecting() {
        connectingSince = nanoTime.getAsLong();
        enter(Phase.CONNECTING);
    }

    /** There is a connection. From any thread; the first token's time counts from the attempt's begin. */
    void connected() {
        if (phase == Phase.CONNECTING) {
            phase = Phase.WAITING;
        }
    }

    /** A real token came. Pings and empty frames do not count: a provider can send those for ever. */
    void progress() {
        progressAt = nanoTime.getAsLong();
        if (phase == Phase.WAITING || phase == Phase.ENDING) {
            // The idle limit may end before the first-token limit would have; and a finish was none if more comes.
            enter(Phase.FLOWING);
        }
    }

    /** The answer has its finish; what may still come is given a short time. */
    void finishing() {
        if (phase.compareTo(Phase.ENDING) < 0) {
            progressAt = nanoTime.getAsLong();
            enter(Phase.ENDING);
        }
    }

    /** The answer is complete, and the owner waits for the connection to end too. */
    void draining() {
        progressAt = nanoTime.getAsLong();
        enter(Phase.DRAINING);
        waiting = true;
    }

    private void enter(Phase next) {
        phase = next;
        watch.accept(this);
    }

    /** What has to happen when the attempt is cancelled while its owner is busy elsewhere, once or more than once. */
    synchronized void onCancel(Runnable action) {
        onCancel = action;
    }

    private synchronized Runnable onCancel() {
        return reason == null ? NOTHING : onCancel;
    }

    /** Ends the attempt with this reason, unless it has one already. */
    void cancel(Failure why) {
        Runnable action;
        synchronized (this) {
            if (released || isOver()) {
                return;
            }
            reason = why;
            action = waiting ? wakeWaiting() : onCancel;
        }
        action.run();
    }

    /** Call it with the lock held, after the reason is written; and what it returns, without the lock. */
    private Runnable wakeWaiting() {
        if (owner == null) {
            return onEndWhileAway;
        }
        interrupted = true;
        owner.interrupt();
        return NOTHING;
    }

    private synchronized void undoInterrupt() {
        if (interrupted && Thread.currentThread() == owner) {
            interrupted = false;
            Thread.interrupted();
        }
    }

    /** Whether the attempt was ended from outside. */
    boolean isOver() {
        return reason != null || graceOver;
    }

    /** Why the attempt was ended from outside. */
    Optional<Failure> reason() {
        return Optional.ofNullable(reason);
    }

    /** Whether the time for what may follow the finish is over: not a failure, but the end. */
    boolean graceOver() {
        return graceOver;
    }

    /**
     * After this nothing is done on behalf of the attempt any more, and nothing of it is held. Call it as the owner.
     */
    synchronized void release() {
        undoInterrupt();
        released = true;
        owner = null;
        onCancel = NOTHING;
        onEndWhileAway = NOTHING;
    }

    @Override
    public long due() {
        synchronized (this) {
            if (released || isOver()) {
                return Watchdog.NEVER;
            }
        }
        long end = startedAt + deadlines.total().toNanos();
        long step = (phase == Phase.CONNECTING ? connectingSince : progressAt) + limit().toNanos();
        return end - step < 0 ? end : step;
    }

    private Duration limit() {
        return switch (phase) {
            case CONNECTING -> deadlines.connect();
            case WAITING -> deadlines.firstToken();
            case FLOWING -> deadlines.idle();
            case ENDING -> deadlines.afterFinish();
            case DRAINING -> deadlines.drain();
        };
    }

    @Override
    public void expired() {
        long now = nanoTime.getAsLong();
        long due = due();
        if (due == Watchdog.NEVER || due - now > 0) {
            // A token came while the watchdog was on its way.
            return;
        }
        boolean total = now - startedAt >= deadlines.total().toNanos();
        if (!waiting && !total) {
            // The client is slow, and the provider waits for us.
            progressAt = now;
            return;
        }
        switch (phase) {
            case CONNECTING, WAITING, FLOWING -> cancel(total ? totalExceeded(now) : stepExceeded());
            case ENDING, DRAINING -> endGrace();
        }
    }

    private void endGrace() {
        Runnable action;
        synchronized (this) {
            if (released || isOver()) {
                return;
            }
            graceOver = true;
            action = waiting ? wakeWaiting() : NOTHING;
        }
        action.run();
    }

    /** Whoever took more of the time is to blame. */
    private Failure totalExceeded(long now) {
        long heldUp = heldUpNanos + (waiting ? 0 : now - restedAt);
        if (heldUp < deadlines.total().toNanos() / 2) {
            return exceeded(Deadline.TOTAL, "did not end its answer within ", deadlines.total());
        }
        return new Failure.SlowClient("the client held up its answer for " + Duration.ofNanos(heldUp).toMillis()
                + " of the " + deadlines.total().toMillis() + " ms that it may take (llm.provider." + provider
                + ".total-timeout)");
    }

    private Failure stepExceeded() {
        return switch (phase) {
            case CONNECTING -> exceeded(Deadline.CONNECT, "did not take the connection within ", deadlines.connect());
            case WAITING -> exceeded(Deadline.FIRST_TOKEN, "sent no token within ", deadlines.firstToken());
            default -> exceeded(Deadline.IDLE, "made no progress for ", deadlines.idle());
        };
    }

    private Failure exceeded(Deadline deadline, String what, Duration limit) {
        return new Failure.DeadlineExceeded("provider '" + provider + "' " + what + limit.toMillis() + " ms", deadline);
    }
}
