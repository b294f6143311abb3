package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.sse.SseEvent;
import java.util.function.Consumer;

/**
 * Turns the events of one answer into chunks. Made for one stream, used by one thread.
 *
 * <p>Every method may throw {@link MalformedChunkException} (this piece is unusable, the next may be good) or {@link
 * io.circuitbreaker.llm.chat.LlmException} (the provider said that it failed; nothing good will follow).
 */
public interface ChunkReader {

    /** The answer's id, time and model, as far as the events read so far tell. */
    StreamHead head();

    /** Reads one event. It may hold no chunk, or several. */
    void read(SseEvent event, Consumer<? super StreamingChunk> chunks);

    /**
     * Reads a whole answer, for providers that answer a request for a stream with one JSON document.
     */
    void readWhole(String json, Consumer<? super StreamingChunk> chunks);

    /** A line that is not part of any event. */
    default void unframed(String line) {
    }

    /** Whether the provider has said its last word ({@code [DONE]}, {@code message_stop}): reading on is of no use. */
    boolean done();

    /**
     * Whether the answer has its finish, so that only trailing matter (usage, {@code [DONE]}) can still come. A
     * connection that closes from here on closed well.
     */
    boolean finished();

    /**
     * The connection has closed; emits what was held back until now.
     *
     * @throws io.circuitbreaker.llm.chat.LlmException with {@code ClosedEarly} if the answer was not complete
     */
    void end(Consumer<? super StreamingChunk> chunks);
}
