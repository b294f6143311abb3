package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells how the provider ended a stream. A stream that its reader closes before that tells nothing. */
final class WatchedStream extends ForwardingStream {

    private final Consumer<Optional<Failure>> onEnd;

    /** @param onEnd told once, with the failure if it was one */
    WatchedStream(ChunkStream stream, Consumer<Optional<Failure>> onEnd) {
        super(stream);
        this.onEnd = onEnd;
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
}
