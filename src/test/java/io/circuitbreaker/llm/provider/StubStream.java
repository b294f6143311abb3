package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An answer of given chunks that ends well, or with a failure. Cancelled, it fails with the reason at the next chunk. */
final class StubStream implements ChunkStream {

    private final StreamHead head;
    private final Iterator<StreamingChunk> chunks;
    private final Supplier<Optional<Failure>> end;
    private final Cancellation cancellation;
    private final AtomicInteger timesClosed;
    private StreamingChunk chunk;
    private Thread owner = Thread.currentThread();

    StubStream(StreamHead head, List<StreamingChunk> chunks, Supplier<Optional<Failure>> end, Cancellation cancellation,
               AtomicInteger timesClosed) {
        this.head = head;
        this.chunks = chunks.iterator();
        this.end = end;
        this.cancellation = cancellation;
        this.timesClosed = timesClosed;
    }

    @Override
    public StreamHead head() {
        return head;
    }

    @Override
    public List<String> droppedParams() {
        return List.of();
    }

    @Override
    public boolean advance() {
        checkOwner();
        cancellation.throwIfCancelled();
        if (!chunks.hasNext()) {
            end.get().ifPresent(why -> {
                throw new LlmException(why);
            });
            return false;
        }
        chunk = chunks.next();
        return true;
    }

    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("pulled by a thread that has not adopted the stream");
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public StreamingChunk chunk() {
        return chunk;
    }

    @Override
    public void adopt() {
        owner = Thread.currentThread();
    }

    @Override
    public void close() {
        timesClosed.incrementAndGet();
    }
}
