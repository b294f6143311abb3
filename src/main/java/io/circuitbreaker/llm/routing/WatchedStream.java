package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells how the provider ended a stream. A stream that its reader closes before that tells nothing. */
final class WatchedStream implements ChunkStream {

    private final ChunkStream stream;
    private final Consumer<Optional<Failure>> onEnd;

    /** @param onEnd told once, with the failure if it was one */
    WatchedStream(ChunkStream stream, Consumer<Optional<Failure>> onEnd) {
        this.stream = stream;
        this.onEnd = onEnd;
    }

    @Override
    public StreamHead head() {
        return stream.head();
    }

    @Override
    public List<String> droppedParams() {
        return stream.droppedParams();
    }

    @Override
    public boolean advance() {
        boolean more;
        try {
            more = stream.advance();
        } catch (LlmException e) {
            onEnd.accept(Optional.of(e.failure()));
            throw e;
        }
        if (!more) {
            onEnd.accept(Optional.empty());
        }
        return more;
    }

    @Override
    public boolean hasNext() {
        return stream.hasNext();
    }

    @Override
    public StreamingChunk chunk() {
        return stream.chunk();
    }

    @Override
    public void adopt() {
        stream.adopt();
    }

    @Override
    public void close() {
        stream.close();
    }
}
