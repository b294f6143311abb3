package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseListener;
import io.circuitbreaker.llm.sse.SseParser;
import io.circuitbreaker.llm.sse.SseTooLargeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** An answer that comes as server-sent events: bytes → events → chunks, pulled by the thread that opened it. */
final class HttpChunkStream implements ChunkStream, SseListener {

    static final int MALFORMED_IN_A_ROW = 3;

    private static final Logger LOG = Logger.getLogger(HttpChunkStream.class.getName());
    private static final int READ_SIZE = 8192;
    /** A burst is handed on in pieces: a client that reads on gets the first while the next is parsed. */
    private static final int BURST_IN_BYTES = 32 * 1024;
    private static final int DRAINED_READS = 16;
    private static final int HELD_CHUNKS = 64;
    private static final int HELD_BYTES = 256 * 1024;

    // configuration
    private final String provider;
    private final List<String> droppedParams;
    private final UpstreamConnection connection;
    private final InputStream body;
    private final BufferedInput arrived;
    private final ChunkReader reader;
    private final StreamGuard guard;
    private final UnaryOperator<Failure> scrub;
    private final Runnable onMalformed;
    private final Runnable onClose;

    // the owner only
    private final SseParser parser = new SseParser(this);
    private final byte[] buffer = new byte[READ_SIZE];
    private final Queue<StreamingChunk> ready = new ArrayDeque<>();
    private StreamingChunk chunk;
    private LlmException failed;
    private boolean ended;
    private boolean bodyEnded;
    private boolean closed;
    private int malformedInARow;

    /** What a stream is made of; see {@link HttpProvider}. */
    record Parts(String provider, List<String> droppedParams, UpstreamConnection connection, InputStream body,
                 ChunkReader reader, StreamGuard guard, UnaryOperator<Failure> scrub, Runnable onMalformed,
                 Runnable onClose) {
    }

    HttpChunkStream(Parts parts) {
        this.provider = parts.provider;
        this.droppedParams = parts.droppedParams;
        this.connection = parts.connection;
        this.body = parts.body;
        this.arrived = BufferedInput.of(connection.response());
        this.reader = parts.reader;
        this.guard = parts.guard;
        this.scrub = parts.scrub;
        this.onMalformed = parts.onMalformed;
        this.onClose = parts.onClose;
        UpstreamConnection cancelled = parts.connection;
        guard.onCancel(() -> Thread.ofVirtual().name("llm-abort").start(cancelled::abort));
    }

    /**
     * Reads until the answer has begun for good: to its first real token, or to its end. What comes before is held back,
     * within limits, so that a failure until here is invisible to the client.
     */
    void awaitFirstToken() {
        long heldBytes = 0;
        while (!ended && !anyoneSpoke() && ready.size() < HELD_CHUNKS && heldBytes < HELD_BYTES) {
            heldBytes += fill();
        }
        if (failed != null && !anyoneSpoke()) {
            throw failed;
        }
    }

    private boolean anyoneSpoke() {
        return ready.stream().anyMatch(StreamingChunk::speaks);
    }

    /** Takes a whole answer that came as one document. */
    void readWhole(String json) {
        try {
            reader.readWhole(json, this::add);
            reader.end(this::add);
        } catch (MalformedChunkException e) {
            throw malformed("sent an answer that is not of its protocol: " + e.getMessage(), e);
        } catch (LlmException e) {
            throw scrubbed(e);
        }
        ended = true;
        bodyEnded = true;
    }

    @Override
    public StreamHead head() {
        return reader.head();
    }

    @Override
    public List<String> droppedParams() {
        return droppedParams;
    }

    @Override
    public boolean advance() {
        if (ready.isEmpty()) {
            awaitChunk();
        }
        chunk = ready.poll();
        if (chunk == null && failed != null) {
            throw failed;
        }
        return chunk != null;
    }

    private void awaitChunk() {
        guard.await();
        try {
            while (ready.isEmpty() && !ended) {
                fill();
            }
        } finally {
            guard.rest();
        }
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || ended;
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    /**
     * Waits for something to read and parses it, and all that has come with it; returns its size. What failed is kept
     * until the chunks before it are taken.
     */
    private int fill() {
        if (guard.isOver()) {
            // A provider that sends without a pause never lets a read block, so that no interrupt would be noticed.
            endedFromOutside(null);
            return 0;
        }
        int filled = 0;
        try {
            do {
                int read = body.read(buffer);
                if (read < 0) {
                    bodyEnded = true;
                    endOfBody();
                    return filled;
                }
                filled += read;
                parser.feed(buffer, 0, read);
            } while (!ended && filled < BURST_IN_BYTES && arrived.hasMore());
        } catch (IOException e) {
            broken(e);
        } catch (SseTooLargeException e) {
            fail(malformed(e.getMessage(), e));
        } catch (LlmException e) {
            fail(scrubbed(e));
        }
        return filled;
    }

    private void broken(IOException e) {
        if (guard.isOver()) {
            endedFromOutside(e);
        } else if (reader.finished()) {
            // All that was promised has come; not every server takes the trouble to say goodbye.
            endOfAnswer();
        } else {
            fail(Faults.exception(new Failure.ClosedEarly("provider '" + provider
                    + "' broke the connection before it said that the answer was complete"), true, e));
        }
    }

    private void endedFromOutside(IOException e) {
        guard.reason().ifPresentOrElse(why -> fail(Faults.exception(why, true, e)), this::endOfAnswer);
    }

    private void fail(LlmException why) {
        failed = why;
        ended = true;
    }

    private void endOfBody() {
        parser.unfinished().ifPresent(this::unterminated);
        if (!ended) {
            endOfAnswer();
        }
    }

    private void endOfAnswer() {
        try {
            reader.end(this::add);
            ended = true;
        } catch (LlmException e) {
            fail(scrubbed(e));
        }
    }

    /** The grammar discards an event without its blank line; some servers leave that out after their last. */
    private void unterminated(SseEvent event) {
        LOG.fine(() -> "provider '" + provider + "' ended its stream without the blank line after the last event");
        try {
            reader.read(event, this::add);
        } catch (MalformedChunkException cutOff) {
            LOG.log(Level.FINE, cutOff, () -> "provider '" + provider + "' was cut off within an event");
        }
    }

    @Override
    public void event(SseEvent event) {
        if (ended) {
            return;
        }
        try {
            reader.read(event, this::add);
            malformedInARow = 0;
        } catch (MalformedChunkException e) {
            skip(e);
        }
        if (reader.done()) {
            ended = true;
        } else if (reader.finished()) {
            guard.finishing();
        }
    }

    @Override
    public void ignored(String line) {
        reader.unframed(line);
    }

    private void add(StreamingChunk next) {
        if (next.speaks()) {
            guard.progress();
        }
        ready.add(next);
    }

    private void skip(MalformedChunkException e) {
        malformedInARow++;
        onMalformed.run();
        LOG.log(Level.WARNING, e, () -> "provider '" + provider + "' sent a malformed chunk; skipped ("
                + malformedInARow + " in a row, the limit is " + MALFORMED_IN_A_ROW + ")");
        if (malformedInARow >= MALFORMED_IN_A_ROW) {
            throw malformed("sent " + malformedInARow + " malformed chunks in a row", e);
        }
    }

    private LlmException malformed(String what, Exception cause) {
        return Faults.exception(new Failure.Malformed("provider '" + provider + "' " + what), true, cause);
    }

    private LlmException scrubbed(LlmException e) {
        return Faults.exception(scrub.apply(e.failure()), true, e.getCause());
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
            if (ended && failed == null && drained()) {
                connection.recycle();
            } else {
                connection.abort();
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
                bodyEnded = body.read(buffer) < 0;
            }
        } catch (IOException e) {
            LOG.log(Level.FINEST, e, () -> "provider '" + provider + "' did not end the connection after the answer");
        } finally {
            guard.rest();
        }
        return bodyEnded;
    }
}
