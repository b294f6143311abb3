package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What streams of one client have in common. It begins with a request for it and ends by another, or when nothing of it
 * has moved for the session timeout; with it end its streams. Thread-safe.
 */
public final class StreamingSession {

    private final String id;
    private final StreamProtocol protocol;
    private final StreamOwner owner;
    private final Instant startedAt;
    private final LongSupplier nanoTime;
    private final Set<StreamPlace> streams = ConcurrentHashMap.newKeySet();
    private volatile long activeAt;
    // guarded by this
    private boolean closed;

    StreamingSession(String id, StreamProtocol protocol, StreamOwner owner, Instant startedAt, LongSupplier nanoTime) {
        this.id = id;
        this.protocol = protocol;
        this.owner = owner;
        this.startedAt = startedAt;
        this.nanoTime = nanoTime;
        this.activeAt = nanoTime.getAsLong();
    }

    public String id() {
        return id;
    }

    public StreamProtocol protocol() {
        return protocol;
    }

    public StreamOwner owner() {
        return owner;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /** How long nothing of it has moved. */
    public Duration idle() {
        return Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - activeAt));
    }

    /** The ids of its open streams. */
    public List<String> streams() {
        return streams.stream().map(StreamPlace::id).sorted().toList();
    }

    /** A sign of life. Cheap: one write. */
    public void touch() {
        activeAt = nanoTime.getAsLong();
    }

    /** @return false if it has been closed meanwhile */
    synchronized boolean add(StreamPlace place) {
        if (!closed) {
            touch();
            streams.add(place);
        }
        return !closed;
    }

    void remove(StreamPlace place) {
        touch();
        streams.remove(place);
    }

    /** Cancels its streams and takes no more. */
    void close(Failure reason) {
        synchronized (this) {
            closed = true;
        }
        streams.forEach(place -> place.cancel(reason));
    }
}
