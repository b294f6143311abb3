package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One admitted stream. Closing it gives its place back, once however often it is closed. Thread-safe. */
public final class StreamingSession implements AutoCloseable {

    private final String id;
    private final Instant startedAt;
    private final Consumer<Failure> cancel;
    private final Consumer<StreamingSession> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    StreamingSession(String id, Instant startedAt, Consumer<Failure> cancel, Consumer<StreamingSession> onClose) {
        this.id = id;
        this.startedAt = startedAt;
        this.cancel = cancel;
        this.onClose = onClose;
    }

    public String id() {
        return id;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /** Ends the stream from outside; its own thread closes the session. */
    void cancel(Failure reason) {
        cancel.accept(reason);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.accept(this);
        }
    }
}
