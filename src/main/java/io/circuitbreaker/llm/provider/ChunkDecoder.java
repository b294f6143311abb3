package io.circuitbreaker.llm.provider;

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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What bytes of an answer say: bytes → events → chunks. Does no I/O; used by the thread that reads the answer. Whatever it
 * throws is an {@link LlmException} that ends the answer; the chunks before it can still be taken.
 */
final class ChunkDecoder implements SseListener {

    static final int MALFORMED_IN_A_ROW = 3;

    private static final Logger LOG = Logger.getLogger(ChunkDecoder.class.getName());

    // configuration
    private final String provider;
    private final ChunkReader reader;
    private final StreamGuard guard;
    private final UnaryOperator<Failure> scrub;
    private final Runnable onMalformed;

    // the reading thread only
    private final SseParser parser = new SseParser(this);
    private final Queue<StreamingChunk> ready = new ArrayDeque<>();
    private boolean ended;
    private int malformedInARow;

    ChunkDecoder(String provider, ChunkReader reader, StreamGuard guard, UnaryOperator<Failure> scrub,
                 Runnable onMalformed) {
        this.provider = provider;
        this.reader = reader;
        this.guard = guard;
        this.scrub = scrub;
        this.onMalformed = onMalformed;
    }

    StreamHead head() {
        return reader.head();
    }

    /** The next chunk, or null if more has to be read first. */
    StreamingChunk poll() {
        return ready.poll();
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** How many chunks wait to be taken. */
    int size() {
        return ready.size();
    }

    boolean anyoneSpoke() {
        return ready.stream().anyMatch(StreamingChunk::speaks);
    }

    /** Whether the answer has come to its true end: after this nothing is read. */
    boolean ended() {
        return ended;
    }

    /** Whether a connection that closes now has closed well. */
    boolean finished() {
        return reader.finished();
    }

    void feed(byte[] bytes) {
        try {
            parser.feed(bytes, 0, bytes.length);
        } catch (SseTooLargeException e) {
            breakOff();
            throw malformed("sent a stream in which " + e.getMessage(), e);
        } catch (LlmException e) {
            throw scrubbed(e);
        }
    }

    /** Takes a whole answer that came as one document. */
    void whole(String json) {
        guarded(() -> {
            reader.readWhole(json, this::add);
            endUnlessDone();
        });
        ended = true;
    }

    /** The provider has closed the connection. */
    void endOfBody() {
        guarded(() -> parser.unfinished().ifPresent(this::unterminated));
        if (!ended) {
            end();
        }
    }

    /** Nothing more will come, and that is well, for whatever reason. */
    void end() {
        guarded(this::endUnlessDone);
        ended = true;
    }

    /**
     * The answer is ended by others than its provider, before its time: what it has cost until now is still told. The rest
     * of what the reader held back would look like a good end.
     */
    void breakOff() {
        if (reader.done()) {
            return;
        }
        try {
            reader.end(this::addUsage);
        } catch (MalformedChunkException | LlmException incomplete) {
            // It is; why, our caller knows better.
            LOG.log(Level.FINEST, incomplete, () -> "provider '" + provider + "' was interrupted");
        }
    }

    private void endUnlessDone() {
        if (!reader.done()) {
            reader.end(this::add);
        }
    }

    /** For what cannot be skipped. */
    private void guarded(Runnable reading) {
        try {
            reading.run();
        } catch (MalformedChunkException e) {
            throw malformed("sent an answer that is not of its protocol: " + e.getMessage(), e);
        } catch (LlmException e) {
            throw scrubbed(e);
        }
    }

    /** The grammar discards an event without its blank line; some servers leave that out after their last. */
    private void unterminated(SseEvent event) {
        LOG.fine(() -> "provider '" + provider + "' ended its stream without the blank line after the last event");
        try {
            reader.read(event, this::add);
        } catch (MalformedChunkException cutOff) {
            logCutOff(cutOff);
        } catch (LlmException e) {
            if (!(e.failure() instanceof Failure.Malformed)) {
                throw e;
            }
            logCutOff(e);
        }
    }

    /** That the answer is not complete is for the reader to say, at its end. */
    private void logCutOff(RuntimeException why) {
        LOG.log(Level.FINE, why, () -> "provider '" + provider + "' was cut off within an event");
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

    private void addUsage(StreamingChunk next) {
        if (next.usage().isPresent()) {
            ready.add(next);
        }
    }

    private void skip(MalformedChunkException e) {
        malformedInARow++;
        onMalformed.run();
        LOG.log(Level.WARNING, e, () -> "provider '" + provider + "' sent a malformed chunk; skipped ("
                + malformedInARow + " in a row, the limit is " + MALFORMED_IN_A_ROW + ")");
        if (malformedInARow >= MALFORMED_IN_A_ROW) {
            breakOff();
            throw malformed("sent " + malformedInARow + " malformed chunks in a row", e);
        }
    }

    private LlmException malformed(String what, Exception cause) {
        return Faults.exception(new Failure.Malformed("provider '" + provider + "' " + what), true, cause);
    }

    private LlmException scrubbed(LlmException e) {
        return Faults.exception(scrub.apply(e.failure()), true, e.getCause());
    }
}
