package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An answer that comes as server-sent events over a connection, pulled by one thread at a time. */
final class HttpChunkStream implements ChunkStream {

    private static final Logger LOG = Logger.getLogger(HttpChunkStream.class.getName());
    /** A burst is handed on in pieces: a client that reads on gets the first while the next is parsed. */
    private static final int BURST_IN_BYTES = 32 * 1024;
    private static final int DRAINED_READS = 16;
    private static final int HELD_CHUNKS = 64;
    private static final int HELD_BYTES = 256 * 1024;

    // configuration
    private final String provider;
    private final List<String> droppedParams;
    private final UpstreamExchange exchange;
    private final Inbox inbox;
    private final ChunkDecoder decoder;
    private final StreamGuard guard;
    private final Runnable onClose;
    private final Runnable wake = this::wake;

    // the owner only
    private StreamingChunk chunk;
    private LlmException failed;
    private boolean bodyEnded;
    private boolean closed;

    /** What a stream is made of; see {@link HttpUpstream}. */
    record Parts(String provider, List<String> droppedParams, UpstreamExchange exchange, ChunkDecoder decoder,
                 StreamGuard guard, Runnable onClose) {
    }

    HttpChunkStream(Parts parts) {
        this.provider = parts.provider;
        this.droppedParams = parts.droppedParams;
        this.exchange = parts.exchange;
        this.inbox = exchange.inbox();
        this.decoder = parts.decoder;
        this.guard = parts.guard;
        this.onClose = parts.onClose;
        guard.onCancel(exchange::abort);
    }

    /**
     * Reads until the answer has begun for good: to its first real token, or to its end. What comes before is held back,
     * within limits, so that a failure until here is invisible to the client. A large first event is read to its end: only
     * then it is known how the provider calls the answer.
     */
    void awaitFirstToken() {
        long heldBytes = 0;
        while (!ended() && !decoder.anyoneSpoke() && decoder.size() < HELD_CHUNKS
                && (heldBytes < HELD_BYTES || decoder.isEmpty())) {
            heldBytes += fill();
        }
        if (failed != null && !decoder.anyoneSpoke()) {
            throw failed;
        }
    }

    /** Takes a whole answer that came as one document. */
    void readWhole(String json) {
        decoder.whole(json);
        bodyEnded = true;
    }

    @Override
    public StreamHead head() {
        return decoder.head();
    }

    @Override
    public List<String> droppedParams() {
        return droppedParams;
    }

    @Override
    public boolean advance() {
        if (decoder.isEmpty()) {
            awaitChunk();
        }
        chunk = decoder.poll();
        if (chunk == null && failed != null) {
            throw failed;
        }
        return chunk != null;
    }

    private void awaitChunk() {
        if (ended()) {
            // Also on a thread that is not the owner: it must not look like one that waits.
            return;
        }
        guard.await();
        try {
            while (decoder.isEmpty() && !ended()) {
                fill();
            }
        } finally {
            guard.rest();
        }
    }

    @Override
    public boolean hasNext() {
        return !decoder.isEmpty() || ended();
    }

    @Override
    public boolean poll() {
        guard.rest();
        if (decoder.isEmpty() && !ended() && (inbox.hasArrived() || guard.isOver())) {
            fill();
        }
        return hasNext();
    }

    @Override
    public boolean whenReady(Runnable action) {
        if (hasNext()) {
            return false;
        }
        guard.leave(wake);
        boolean left = inbox.onArrival(action) && !(guard.isOver() && inbox.takeBack() != null);
        if (!left) {
            // Whoever stays may wait next, and is to be woken then.
            guard.adopt();
            guard.rest();
        }
        return left;
    }

    private void wake() {
        Runnable action = inbox.takeBack();
        if (action != null) {
            action.run();
        }
    }

    private boolean ended() {
        return decoder.ended() || failed != null;
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    /**
     * Waits for something to read and decodes it, and all that has come with it; returns its size. What failed is kept
     * until the chunks before it are taken.
     */
    private int fill() {
        int filled = 0;
        try {
            if (guard.isOver()) {
                // A provider that sends without a pause never lets a read block, so that no interrupt would be noticed.
                endedFromOutside(null);
                return 0;
            }
            do {
                byte[] bytes = inbox.take();
                if (bytes == null) {
                    bodyEnded = true;
                    decoder.endOfBody();
                    return filled;
                }
                filled += bytes.length;
                decoder.feed(bytes);
            } while (!decoder.ended() && filled < BURST_IN_BYTES && inbox.hasArrived());
        } catch (IOException e) {
            broken(e);
        } catch (LlmException e) {
            failed = e;
        }
        return filled;
    }

    private void broken(IOException e) {
        try {
            if (guard.isOver()) {
                endedFromOutside(e);
            } else if (decoder.finished()) {
                // All that was promised has come; not every server takes the trouble to say goodbye.
                decoder.end();
            } else {
                decoder.breakOff();
                throw Faults.exception(new Failure.ClosedEarly("provider '" + provider
                        + "' broke the connection before it said that the answer was complete"), true, e);
            }
        } catch (LlmException why) {
            failed = why;
        }
    }

    /** By a deadline or a cancel; or the time for what may follow the finish is over, which is a good end. */
    private void endedFromOutside(IOException e) {
        guard.reason().ifPresentOrElse(why -> {
            decoder.breakOff();
            throw Faults.exception(why, true, e);
        }, decoder::end);
    }

    @Override
    public void adopt() {
        guard.adopt();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!decoder.ended() || failed != null || !drained()) {
                exchange.abort();
            }
        } finally {
            guard.release();
            onClose.run();
        }
    }

    /** Whether the connection's end came, too, for which a provider has little time and space. */
    private boolean drained() {
        if (bodyEnded || guard.isOver()) {
            return bodyEnded;
        }
        guard.draining();
        try {
            for (int left = DRAINED_READS; left > 0 && !bodyEnded && !guard.isOver(); left--) {
                bodyEnded = inbox.take() == null;
            }
        } catch (IOException e) {
            LOG.log(Level.FINEST, e, () -> "provider '" + provider + "' did not end the connection after the answer");
        } finally {
            guard.rest();
        }
        return bodyEnded;
    }
}
