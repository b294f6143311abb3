package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.List;

/** Another stream, of which a subclass looks at something on the way. */
abstract class ForwardingStream implements ChunkStream {

    final ChunkStream stream;

    ForwardingStream(ChunkStream stream) {
        this.stream = stream;
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
    public boolean hasNext() {
        return stream.hasNext();
    }

    @Override
    public boolean poll() {
        return stream.poll();
    }

    @Override
    public boolean whenReady(Runnable action) {
        return stream.whenReady(action);
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
