package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.sse.SseEvent;
import java.util.function.Consumer;

/**
 * Turns what a provider sends of one answer into chunks. Made for one stream, used by one thread. It is called in this
 * order:
 *
 * <pre>
 *   ( read | unframed )*  ─>  end        a stream of events
 *   readWhole             ─>  end        one document in place of a stream
 * </pre>
 *
 * <p>{@link #end} comes once, however the connection ends, but not after {@link #done()} has become true. {@link #head()},
 * {@link #done()} and {@link #finished()} are asked at any time, and throw nothing. After an {@code LlmException} nothing
 * but {@code head()} is.
 *
 * <p>Of the chunks:
 * <ul>
 * <li>The first chunk of a choice is {@link io.circuitbreaker.llm.chat.Delta#START}; its finish comes once, after all
 *     else of it. A chunk that is forwarded as text stays as its provider has it, so that there the order is the
 *     provider's; only a finish that it repeats is taken out.
 * <li>Usage is a chunk of its own and a running total, which replaces the one before. It may be emitted as it comes or be
 *     held back.
 * <li>Data that is blank and events that the language does not know are passed over: the vendors will invent more.
 * </ul>
 *
 * <p>Two exceptions say that something went wrong; any other is a fault of ours.
 * <ul>
 * <li>{@link MalformedChunkException}: the event is unusable, the next may be good. An event is taken whole or not at all:
 *     nothing of it has been emitted, and no finish of it counts. The caller skips it, and gives up after several in a row.
 * <li>{@link io.circuitbreaker.llm.chat.LlmException}: nothing good will follow. The provider said that it failed; or an
 *     event is unusable that cannot be skipped, because the arguments of a tool call would have a hole. What was emitted
 *     before stands, and usage that was held back has been emitted.
 * </ul>
 */
public interface ChunkReader {

    /** The answer's id, time and model, as far as the events read so far tell. */
    StreamHead head();

    /**
     * Reads one event. It may hold no chunk, or several.
     *
     * @throws MalformedChunkException                 if the event cannot be understood and can be skipped
     * @throws io.circuitbreaker.llm.chat.LlmException with the provider's error; with {@code Malformed} if the event cannot
     *                                                 be skipped; with {@code ClosedEarly} if it ends an answer that has not
     *                                                 begun
     */
    void read(SseEvent event, Consumer<? super StreamingChunk> chunks);

    /**
     * Reads a whole answer, for providers that answer a request for a stream with one JSON document. Here nothing can be
     * skipped: whatever is thrown, the answer has failed, whether or not some of it has been emitted.
     *
     * @throws MalformedChunkException                 if the document is no answer
     * @throws io.circuitbreaker.llm.chat.LlmException with what the provider said
     */
    void readWhole(String json, Consumer<? super StreamingChunk> chunks);

    /** A line that is not part of any event. Some providers put an error there; it counts at the end. Throws nothing. */
    default void unframed(String line) {
    }

    /**
     * Whether the provider has said its last word ({@code [DONE]}, {@code message_stop}), which not every language has:
     * reading on is of no use. All that was held back has been emitted by then.
     */
    boolean done();

    /**
     * Whether the answer has its finish, so that only trailing matter (usage, {@code [DONE]}) can still come. A
     * connection that closes from here on closed well.
     */
    boolean finished();

    /**
     * Nothing more will come; emits what was held back until now. Where it is not the provider who ends the answer (a
     * deadline, a cancel, a connection that breaks), the caller takes only the usage of it, and has a reason of its own.
     *
     * @throws MalformedChunkException                 if what was held back cannot be understood: the answer has failed
     * @throws io.circuitbreaker.llm.chat.LlmException with an error that was {@linkplain #unframed outside of any event};
     *                                                 with {@code ClosedEarly} if the answer was not complete
     */
    void end(Consumer<? super StreamingChunk> chunks);
}
