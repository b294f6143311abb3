package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * From several threads to one, a few things at a time: who hands over more waits. Each thing has one owner at any moment,
 * also when all is stopped: what was handed over by then is in {@link #left}, the rest stays with its thread.
 */
final class HandOver<T> {

    private final int places;
    // guarded by this
    private final Queue<T> things = new ArrayDeque<>();
    private boolean stopped;

    HandOver(int places) {
        this.places = places;
    }

    /** Waits for a place. @return false if nothing is taken any more: the thing remains the caller's */
    synchronized boolean put(T thing) {
        try {
            while (!stopped && things.size() >= places) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        if (stopped) {
            return false;
        }
        things.add(thing);
        notifyAll();
        return true;
    }

    /** Waits for the next thing. Empty if all is stopped. */
    synchronized Optional<T> take() {
        try {
            while (!stopped && things.isEmpty()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return taken();
    }

    /** Waits for the next thing. Empty if none comes in this time, or if all is stopped. */
    synchronized Optional<T> take(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            for (long left = end - System.nanoTime(); !stopped && things.isEmpty() && left > 0;
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return taken();
    }

    private Optional<T> taken() {
        notifyAll();
        return stopped ? Optional.empty() : Optional.ofNullable(things.poll());
    }

    private static LlmException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LlmException(new Failure.Cancelled("the server ended the request while it waited"), e);
    }

    synchronized boolean isEmpty() {
        return things.isEmpty();
    }

    /** Nothing is taken from now on, and nobody waits. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** What was handed over and not taken before all was stopped. It is the caller's now. */
    synchronized List<T> left() {
        List<T> left = List.copyOf(things);
        things.clear();
        return left;
    }
}
