package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The place of one stream within the limits. Closing it gives it back, once however often it is closed. Thread-safe. */
public final class StreamPlace implements AutoCloseable {

    private final String id;
    private final StreamOwner owner;
    private final Optional<StreamingSession> session;
    private final Consumer<Failure> cancel;
    private final Consumer<StreamPlace> onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    StreamPlace(String id, StreamOwner owner, Optional<StreamingSession> session, Consumer<Failure> cancel,
                Consumer<StreamPlace> onClose) {
        this.id = id;
        this.owner = owner;
        this.session = session;
        this.cancel = cancel;
        this.onClose = onClose;
    }

    /** The stream's id. */
    public String id() {
        return id;
    }

    public StreamOwner owner() {
        return owner;
    }

    public Optional<StreamingSession> session() {
        return session;
    }

    /** Ends the stream from outside; its own thread closes the place. */
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
