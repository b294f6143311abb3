package io.circuitbreaker.llm.provider;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.nio.CapacityChannel;

/**
 * The bytes of an answer between the client's I/O thread, which brings them and must not wait, and whoever reads them, one
 * thread at a time. A reader waits here, or leaves word and is told. Bounded: while much is unread no more is taken from
 * the connection, so that the provider waits.
 */
final class Inbox {

    /** How much the connection may bring before it asks for leave to bring more. */
    static final int WINDOW = 64 * 1024;

    private static final byte[] NOTHING = new byte[0];
    private static final int FIRST_SIZE = 512;
    /** A larger one was for a burst and is not kept. */
    private static final int KEPT_SIZE = 8 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by the lock
    private byte[] bytes = NOTHING;
    private int from;
    private int to;
    private boolean ended;
    private IOException failure;
    private Runnable onArrival;
    private CapacityChannel paused;
    /** Whether a read would return at once; written with the lock held. */
    private volatile boolean arrived;

    // ---- the client's thread

    void add(ByteBuffer next) {
        Runnable told;
        lock.lock();
        try {
            int length = next.remaining();
            makeRoom(length);
            next.get(bytes, to, length);
            to += length;
            arrived |= length > 0;
            told = changed();
        } finally {
            lock.unlock();
        }
        tell(told);
    }

    /** The window is used up: it is renewed when not much is unread. */
    void renew(CapacityChannel window) throws IOException {
        lock.lock();
        try {
            if (isFull()) {
                paused = window;
                return;
            }
        } finally {
            lock.unlock();
        }
        window.update(WINDOW);
    }

    /** Nothing follows. */
    void end() {
        close(null);
    }

    /** Nothing follows, and that is not how it should end. What was brought before can still be read. */
    void fail(IOException why) {
        close(why);
    }

    private void close(IOException why) {
        Runnable told;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            arrived = true;
            failure = why;
            told = changed();
        } finally {
            lock.unlock();
        }
        tell(told);
    }

    private Runnable changed() {
        changed.signalAll();
        Runnable told = onArrival;
        onArrival = null;
        return told;
    }

    private static void tell(Runnable told) {
        if (told != null) {
            told.run();
        }
    }

    private void makeRoom(int length) {
        if (from == to) {
            from = 0;
            to = 0;
        }
        if (bytes.length - to >= length) {
            return;
        }
        int unread = to - from;
        int size = Math.max(FIRST_SIZE, Integer.highestOneBit(unread + length) * 2);
        byte[] larger = size > bytes.length ? new byte[size] : bytes;
        System.arraycopy(bytes, from, larger, 0, unread);
        bytes = larger;
        from = 0;
        to = unread;
    }

    // ---- the reader

    /**
     * Waits for bytes and takes as many as there are and fit.
     *
     * @return how many; -1 if nothing follows
     * @throws InterruptedIOException if the thread is interrupted while it waits
     * @throws IOException            if the connection broke, and all that came before has been read
     */
    int read(byte[] target, int offset, int length) throws IOException {
        CapacityChannel window;
        int read;
        lock.lock();
        try {
            await();
            if (from == to) {
                return endOrThrow();
            }
            read = Math.min(length, to - from);
            System.arraycopy(bytes, from, target, offset, read);
            from += read;
            arrived = from != to || ended;
            if (from == to && bytes.length > KEPT_SIZE) {
                bytes = NOTHING;
                from = 0;
                to = 0;
            }
            window = isFull() ? null : paused;
            paused = window == null ? paused : null;
        } finally {
            lock.unlock();
        }
        if (window != null) {
            window.update(WINDOW);
        }
        return read;
    }

    private void await() throws InterruptedIOException {
        try {
            while (!arrived) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for the provider");
        }
    }

    private int endOrThrow() throws IOException {
        if (failure != null) {
            // A copy: who reads again gets an exception of its own.
            throw new IOException(failure.getMessage(), failure);
        }
        return -1;
    }

    private boolean isFull() {
        return to - from >= WINDOW / 2;
    }

    /** Whether a read would return at once. */
    boolean hasArrived() {
        return arrived;
    }

    /**
     * Leaves word instead of waiting.
     *
     * @param action called once when something has come, on the client's I/O thread, which it must not hold up
     * @return false if there is something already: then it is not called
     */
    boolean onArrival(Runnable action) {
        lock.lock();
        try {
            boolean waits = !arrived;
            onArrival = waits ? action : null;
            return waits;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the word back, and returns it; null if there was none any more. */
    Runnable takeBack() {
        lock.lock();
        try {
            Runnable action = onArrival;
            onArrival = null;
            return action;
        } finally {
            lock.unlock();
        }
    }
}
