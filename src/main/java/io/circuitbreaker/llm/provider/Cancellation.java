package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The way to end a request from another thread, whatever it is at: opening, waiting between two attempts, reading.
 * Thread-safe.
 */
public final class Cancellation {

    private Failure reason;
    private Consumer<Failure> action = why -> { };
    private final List<Cancellation> parts = new ArrayList<>(0);

    /** Ends the request. Only the first reason counts. */
    public void cancel(Failure why) {
        Consumer<Failure> first;
        List<Cancellation> ending;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            first = action;
            ending = List.copyOf(parts);
            notifyAll();
        }
        first.accept(why);
        ending.forEach(part -> part.cancel(why));
    }

    /** One for a part of the request: it ends with the request, and can be ended alone. */
    public Cancellation part() {
        Cancellation part = new Cancellation();
        Optional<Failure> already;
        synchronized (this) {
            parts.add(part);
            already = reason();
        }
        already.ifPresent(part::cancel);
        return part;
    }

    public synchronized Optional<Failure> reason() {
        return Optional.ofNullable(reason);
    }

    /** @throws LlmException with the reason, if the request has been cancelled */
    public void throwIfCancelled() {
        reason().ifPresent(why -> {
            throw new LlmException(why);
        });
    }

    /**
     * Waits, on the thread of the request.
     *
     * @throws LlmException with the reason, as soon as the request is cancelled
     */
    public void await(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        try {
            synchronized (this) {
                for (long left = end - System.nanoTime(); reason == null && left > 0; left = end - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LlmException(new Failure.Cancelled("the server ended the request while it waited"), e);
        }
        throwIfCancelled();
    }

    /** What to do on a cancel from now on, in place of what was; done at once if it has come already. */
    public void onCancel(Consumer<Failure> next) {
        Failure already;
        synchronized (this) {
            action = next;
            already = reason;
        }
        if (already != null) {
            next.accept(already);
        }
    }
}
