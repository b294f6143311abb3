package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Makes a stream say something after a time of silence: it keeps proxies from cutting the line, and it is the only way to
 * find out that a client is gone while there is nothing to send. Each beat runs on a virtual thread, since a client that
 * takes nothing blocks it; the next waits for it. Thread-safe.
 */
public final class Heartbeat implements Watched {

    private final long interval;
    // Let go of on stop: the watchdog keeps the heartbeat until a due time that was set before.
    private volatile LongSupplier sentAt;
    private volatile Runnable beat;
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile long due;

    /** @param sentAt when something was last sent, on {@link System#nanoTime}'s scale; asked on any thread */
    public Heartbeat(long intervalInNanos, LongSupplier sentAt, Runnable beat) {
        this.interval = intervalInNanos;
        this.sentAt = sentAt;
        this.beat = beat;
        this.due = System.nanoTime() + intervalInNanos;
    }

    /** What is sent moves it later: a stream that flows costs one look per interval. */
    @Override
    public long due() {
        // Read before the due time, which a stop sets first.
        LongSupplier sent = sentAt;
        long planned = due;
        if (planned == Watchdog.NEVER) {
            return planned;
        }
        long silent = sent.getAsLong() + interval;
        return planned - silent < 0 ? silent : planned;
    }

    @Override
    public void expired() {
        again();
        if (beating.compareAndSet(false, true)) {
            Thread.ofVirtual().name("llm-heartbeat").start(this::run);
        }
    }

    private void run() {
        try {
            beat.run();
        } finally {
            beating.set(false);
        }
    }

    private void again() {
        synchronized (this) {
            if (due != Watchdog.NEVER) {
                due = System.nanoTime() + interval;
            }
        }
    }

    public void stop() {
        synchronized (this) {
            due = Watchdog.NEVER;
        }
        sentAt = () -> 0;
        beat = () -> { };
    }
}
