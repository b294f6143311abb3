package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes a stream say something after a time of silence: it keeps proxies from cutting the line, and it is the only way to
 * find out that a client is gone while there is nothing to send. Each beat runs on a virtual thread, since a client that
 * takes nothing blocks it; the next waits for it.
 */
final class Heartbeat implements Watched {

    private final long interval;
    // Let go of on stop: the watchdog keeps the heartbeat until a due time that was set before.
    private volatile Runnable beat;
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile long due;

    Heartbeat(long intervalInNanos, Runnable beat) {
        this.interval = intervalInNanos;
        this.beat = beat;
        this.due = System.nanoTime() + intervalInNanos;
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public void expired() {
        again(interval);
        if (beating.compareAndSet(false, true)) {
            Thread.ofVirtual().name("llm-heartbeat").start(this::run);
        }
    }

    private void run() {
        try {
            Runnable action = beat;
            if (action != null) {
                action.run();
            }
        } finally {
            beating.set(false);
        }
    }

    /** Moves the next beat. */
    void again(long nanos) {
        synchronized (this) {
            if (due != Watchdog.NEVER) {
                due = System.nanoTime() + nanos;
            }
        }
    }

    void stop() {
        synchronized (this) {
            due = Watchdog.NEVER;
        }
        beat = null;
    }
}
