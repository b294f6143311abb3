package io.circuitbreaker.llm.testing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.List;
import java.util.Optional;

/** An answer of one chunk, with this end. */
public final class OneChunk implements ChunkStream {

    private final Optional<Failure> end;
    private int advanced;
    private boolean closed;

    public OneChunk(Optional<Failure> end) {
        this.end = end;
    }

    @Override
    public StreamHead head() {
        return new StreamHead("chatcmpl-1", 0, "m", "a");
    }

    @Override
    public List<String> droppedParams() {
        return List.of("seed");
    }

    @Override
    public boolean advance() {
        advanced++;
        if (advanced > 1) {
            end.ifPresent(why -> {
                throw new LlmException(why);
            });
        }
        return advanced == 1;
    }

    @Override
    public boolean hasNext() {
        return advanced > 0;
    }

    @Override
    public StreamingChunk chunk() {
        throw new IllegalStateException("chunk " + advanced);
    }

    @Override
    public void adopt() {
        // Any thread may read it.
    }

    @Override
    public void close() {
        closed = true;
    }

    public boolean isClosed() {
        return closed;
    }
}
