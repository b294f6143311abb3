package io.circuitbreaker.llm.provider;

import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The connection under an answer, and the two ways to let go of it. Closing an unfinished answer makes the client read it
 * to its end first: the provider would go on, and its tokens would have to be paid for.
 */
final class UpstreamConnection {

    private static final Logger LOG = Logger.getLogger(UpstreamConnection.class.getName());

    private final Response response;
    private final AtomicBoolean closed = new AtomicBoolean();

    UpstreamConnection(Response response) {
        this.response = response;
    }

    Response response() {
        return response;
    }

    /** Empty where the answer has none, as 204. */
    InputStream body() {
        InputStream body = response.hasEntity() ? response.readEntity(InputStream.class) : null;
        return body == null ? InputStream.nullInputStream() : body;
    }

    /** Reads to the end and keeps the connection for the next request. Ended by an interrupt of the calling thread. */
    void recycle() {
        if (closed.compareAndSet(false, true)) {
            closeQuietly();
        }
    }

    /**
     * Closes the socket at once. An interrupted virtual thread cannot read: the client's attempt to read on fails, and
     * with it the connection. A platform thread cannot be interrupted out of a read, so it leaves the work to a virtual one.
     */
    void abort() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (Thread.currentThread().isVirtual()) {
            abortHere();
        } else {
            Thread.ofVirtual().name("llm-abort").start(this::abortHere);
        }
    }

    private void abortHere() {
        boolean interrupted = Thread.currentThread().isInterrupted();
        Thread.currentThread().interrupt();
        closeQuietly();
        Thread.interrupted();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeQuietly() {
        try {
            response.close();
        } catch (ProcessingException | IllegalStateException e) {
            // The socket is gone, which is what was wanted; the client reports the read that it could not do.
            LOG.log(Level.FINEST, "closing an upstream connection", e);
        }
    }
}
