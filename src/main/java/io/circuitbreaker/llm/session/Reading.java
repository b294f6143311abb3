package io.circuitbreaker.llm.session;

import java.util.concurrent.atomic.AtomicBoolean;

/** Somebody reads a stream. Closing it twice counts once. */
public final class Reading implements AutoCloseable {

    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    public Reading(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }
}
