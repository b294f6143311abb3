package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.function.Consumer;

/**
 * Puts the cost to the usage of its answer where it is known, and tells once, when the answer is let go of, what it has
 * used: by the provider's word, or by what was received.
 */
final class MeteredStream extends ForwardingStream {

    private final Target target;
    private final Consumer<? super Spent> ledger;
    private final Meter meter;
    private StreamingChunk chunk;
    private boolean closed;

    MeteredStream(ChunkStream stream, Target target, LlmRequest request, Consumer<? super Spent> ledger) {
        super(stream);
        this.target = target;
        this.ledger = ledger;
        this.meter = new Meter(request, target::priced);
    }

    @Override
    public boolean advance() {
        if (!stream.advance()) {
            meter.completed();
            return false;
        }
        chunk = stream.chunk();
        if (chunk.usage().isPresent()) {
            chunk = StreamingChunk.usage(target.priced(chunk.usage().get()));
        }
        meter.count(chunk);
        return true;
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stream.close();
        } finally {
            ledger.accept(new Spent(target.provider().name(), target.model(), meter.usage(), meter.isEstimate()));
        }
    }
}
