package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** How many chunks of a stream its client is ready for. The stream waits for more, and so its upstream does. Thread-safe. */
final class Credit {

    /** More than any stream has: a client may say it once and for all. */
    static final int MOST = 1_000_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final boolean limited;
    private final Duration patience;
    private final Supplier<Failure> onTooSlow;
    // guarded by the lock
    private long chunks;
    private Failure over;

    /**
     * @param limited   whether credit counts at all
     * @param patience  how long a stream waits for credit
     * @param onTooSlow asked for the reason if that was too long
     */
    Credit(boolean limited, long chunks, Duration patience, Supplier<Failure> onTooSlow) {
        this.limited = limited;
        this.chunks = chunks;
        this.patience = patience;
        this.onTooSlow = onTooSlow;
    }

    void add(long more) {
        lock.lock();
        try {
            chunks = Math.min(MOST, chunks + more);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whoever waits, or comes to, fails with this. Only the first counts. */
    void end(Failure why) {
        lock.lock();
        try {
            if (over == null) {
                over = why;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for credit for one chunk and uses it.
     *
     * @throws LlmException if the stream has been ended, or there was none for too long, then or ever before
     */
    void take() {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (over == null && limited && chunks == 0) {
                if (left <= 0) {
                    // For good: who got credit now would be sent what comes after a chunk that it was not.
                    over = onTooSlow.get();
                } else {
                    left = changed.awaitNanos(left);
                }
            }
            if (over != null) {
                throw new LlmException(over);
            }
            if (limited) {
                chunks--;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LlmException(new Failure.Cancelled("the server ended the stream while it waited for credit"), e);
        } finally {
            lock.unlock();
        }
    }
}
