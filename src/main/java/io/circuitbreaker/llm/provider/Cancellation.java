package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The way to end a request from another thread, whatever it is at: opening, between two attempts, reading. Thread-safe.
 */
public final class Cancellation {

    private Failure reason;
    private Consumer<Failure> action = why -> { };

    /** Ends the request. Only the first reason counts. */
    public void cancel(Failure why) {
        Consumer<Failure> first;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            first = action;
        }
        first.accept(why);
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

    /** What to do on a cancel from now on, in place of what was; done at once if it has come already. */
    void onCancel(Consumer<Failure> next) {
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
