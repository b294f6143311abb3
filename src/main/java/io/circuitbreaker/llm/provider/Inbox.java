package io.circuitbreaker.llm.provider;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * The bytes of an answer between the client's I/O thread, which brings them and must not wait, and whoever takes them, one
 * thread at a time. A reader waits here, or leaves word and is told. Bounded: while much is not taken no more is read from
 * the connection, so that the provider waits.
 *
 * <p>Without a lock: each side writes its own and then reads the other's, so that one of them sees both.
 */
final class Inbox {

    /** How much the connection may bring before it asks for leave to bring more. */
    static final int WINDOW = 64 * 1024;

    /** Refers to what was brought after it. */
    private static final class Piece extends AtomicReference<Piece> {

        private static final long serialVersionUID = 1L;

        private transient byte[] bytes;
    }

    // the reader only
    private Piece taken = new Piece();
    // the client's I/O thread only
    private Piece brought = taken;

    // written by the reader
    private volatile long takenBytes;
    // written by the client's I/O thread; seen by the reader with what was paused after it
    private long broughtBytes;
    private volatile CapacityChannel paused;
    // written by any thread of the client, once
    private volatile boolean ended;
    private IOException failure;

    private final AtomicReference<Runnable> onArrival = new AtomicReference<>();

    // ---- the client's threads

    void add(ByteBuffer next) {
        if (!next.hasRemaining()) {
            return;
        }
        Piece piece = new Piece();
        piece.bytes = new byte[next.remaining()];
        next.get(piece.bytes);
        broughtBytes += piece.bytes.length;
        brought.set(piece);
        brought = piece;
        tell();
    }

    /** The window is used up: it is renewed when not much is left to take. */
    void renew(CapacityChannel window) throws IOException {
        paused = window;
        resumeUnlessFull();
    }

    /** Nothing follows. */
    void end() {
        close(null);
    }

    /** Nothing follows, and that is not how it should end. What was brought before can still be taken. */
    void fail(IOException why) {
        close(why);
    }

    private void close(IOException why) {
        synchronized (this) {
            if (ended) {
                return;
            }
            failure = why;
            ended = true;
        }
        tell();
    }

    private void tell() {
        Runnable told = takeBack();
        if (told != null) {
            told.run();
        }
    }

    // ---- the reader

    /**
     * Waits for bytes.
     *
     * @return some, at least one; null if nothing follows
     * @throws InterruptedIOException if the thread is interrupted while it waits
     * @throws IOException            if the connection broke, and all that came before has been taken
     */
    byte[] take() throws IOException {
        await();
        Piece next = taken.get();
        if (next == null) {
            return endOrThrow();
        }
        // An old piece that the collector has not found yet must not keep those after it.
        taken.lazySet(null);
        taken = next;
        byte[] bytes = next.bytes;
        next.bytes = null;
        takenBytes += bytes.length;
        if (paused != null) {
            resumeUnlessFull();
        }
        return bytes;
    }

    private void await() throws InterruptedIOException {
        if (hasArrived()) {
            return;
        }
        Thread reader = Thread.currentThread();
        Runnable wake = () -> LockSupport.unpark(reader);
        while (onArrival(wake)) {
            if (reader.isInterrupted()) {
                takeBack();
                throw new InterruptedIOException("interrupted while it waited for the provider");
            }
            LockSupport.park(this);
        }
    }

    private byte[] endOrThrow() throws IOException {
        if (failure != null) {
            // A copy: who reads again gets an exception of its own.
            throw new IOException(failure.getMessage(), failure);
        }
        return null;
    }

    private void resumeUnlessFull() throws IOException {
        if (broughtBytes - takenBytes >= WINDOW / 2) {
            return;
        }
        CapacityChannel window;
        synchronized (this) {
            window = paused;
            paused = null;
        }
        if (window != null) {
            window.update(WINDOW);
        }
    }

    /** Whether {@link #take} would return at once. */
    boolean hasArrived() {
        return taken.get() != null || ended;
    }

    /**
     * Leaves word instead of waiting.
     *
     * @param action called once when something has come, on the client's I/O thread, which it must not hold up
     * @return false if there is something already: then it is not called
     */
    boolean onArrival(Runnable action) {
        onArrival.set(action);
        return !hasArrived() || !onArrival.compareAndSet(action, null);
    }

    /** Takes the word back, and returns it; null if there was none any more. */
    Runnable takeBack() {
        return onArrival.get() == null ? null : onArrival.getAndSet(null);
    }
}
