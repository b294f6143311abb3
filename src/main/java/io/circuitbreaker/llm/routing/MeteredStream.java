package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.List;
import java.util.function.Consumer;

/** Tells once, when its answer is let go of, what it has used: by the provider's word, or by what was received. */
final class MeteredStream implements ChunkStream {

    private final ChunkStream stream;
    private final Target target;
    private final Consumer<? super Spent> ledger;
    private final Meter meter;
    private boolean closed;

    MeteredStream(ChunkStream stream, Target target, LlmRequest request, Consumer<? super Spent> ledger) {
        this.stream = stream;
        this.target = target;
        this.ledger = ledger;
        this.meter = new Meter(request);
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
        if (!stream.advance()) {
            meter.completed();
            return false;
        }
        meter.count(stream.chunk());
        return true;
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
