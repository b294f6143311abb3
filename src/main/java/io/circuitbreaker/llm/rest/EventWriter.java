package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes server-sent events, or one document, to one client. Straight to the servlet's stream, not through
 * {@code SseEventSink}: that begins each stream with a blank line and ends each comment with one, and clients in use
 * (openai-go before 3.43) take a blank line for an event and fail on it. It also flushes every event on its own, copied
 * byte by byte.
 *
 * <p>Two threads write, the stream's own and now and then a heartbeat; the lock keeps their events whole.
 */
final class EventWriter {

    private final ReentrantLock lock = new ReentrantLock();
    private final ServletOutputStream out;
    private final byte[] heartbeat;
    private volatile long flushedAt = System.nanoTime();
    // guarded by the lock
    private boolean closed;

    /** @throws IOException if the client cannot be reached any more */
    EventWriter(ServletOutputStream out, AnswerForm form) throws IOException {
        this.out = out;
        this.heartbeat = form.heartbeat().getBytes(UTF_8);
        // Open Liberty swallows the first flush of a response; without this the first token would wait for the second.
        out.flush();
    }

    /**
     * Writes an event, to be sent with the next {@link #flush}.
     *
     * @throws LlmException with {@code ClientGone} if the client cannot be reached any more
     */
    void event(long id, String oneLine) {
        lock.lock();
        try {
            checkOpen();
            EventBuffer.write(out, id, oneLine);
        } catch (IOException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** {@link #event} and {@link #flush}, with no heartbeat between them. */
    void last(long id, String oneLine) {
        lock.lock();
        try {
            event(id, oneLine);
            flush();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a whole document, to be sent with the next {@link #flush}.
     *
     * @throws LlmException with {@code ClientGone} if the client cannot be reached any more
     */
    void document(String json) {
        lock.lock();
        try {
            out.write(json.getBytes(UTF_8));
        } catch (IOException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** Sends what was written, and waits until the operating system has taken it. */
    void flush() {
        lock.lock();
        try {
            checkOpen();
            send();
        } catch (IOException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** Something that clients ignore. Does nothing while the stream's own thread is writing, or when it has ended. */
    void heartbeat() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            if (closed) {
                return;
            }
            out.write(heartbeat);
            send();
        } catch (IOException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a heartbeat that is being written and lets no other follow. After this the response may be given back
     * to the server, which uses its objects for other clients.
     */
    void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }

    /** When something was last sent, on {@link System#nanoTime}'s scale. */
    long flushedAt() {
        return flushedAt;
    }

    /** The response may be another client's by now. */
    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the answer has ended");
        }
    }

    private void send() throws IOException {
        out.flush();
        flushedAt = System.nanoTime();
    }

    private static LlmException gone(IOException e) {
        return new LlmException(new Failure.ClientGone("the client went away"), e);
    }
}
