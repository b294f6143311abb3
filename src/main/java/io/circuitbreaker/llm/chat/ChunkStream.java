package io.circuitbreaker.llm.chat;

import java.util.List;

/**
 * An answer being made. Pulled, so that a slow reader slows the provider down and nothing piles up.
 *
 * <p>Exactly one end: {@link #advance()} returns false once, after the provider said that it was complete, or throws
 * once; after either it must not be called again. One thread pulls and closes: the one that opened it, or the last one that
 * called {@link #adopt()}.
 */
public interface ChunkStream extends AutoCloseable {

    /** What is known of the answer from the first token on. */
    StreamHead head();

    /** Names of the request's parameters that the provider's dialect cannot express. */
    List<String> droppedParams();

    /**
     * Waits for the next chunk and makes it {@link #chunk()}.
     *
     * @return false at a true end
     * @throws LlmException if the stream ended in any other way
     */
    boolean advance();

    /** Whether {@link #advance()} would return at once: until then what was written may wait for what follows it. */
    boolean hasNext();

    /**
     * Takes what has come meanwhile, and never waits.
     *
     * @return as {@link #hasNext()}
     */
    default boolean poll() {
        return hasNext();
    }

    /**
     * Leaves word instead of waiting in {@link #advance()}. Until the action is called no thread pulls; then it is for
     * whom the action chooses, to {@link #poll()} or, after {@link #adopt()}, to advance.
     *
     * @param action called once, when something has come or the stream is to end, on a thread that it must not hold up
     * @return false if it is not called: there is something already, or this stream cannot be waited for without a thread
     */
    default boolean whenReady(Runnable action) {
        return false;
    }

    /** The chunk that the last {@link #advance()} found; valid until the next. */
    StreamingChunk chunk();

    /**
     * Makes the calling thread the one that pulls and closes from now on. The one before must have stopped, and this one
     * must know of that, as by a lock or a future.
     */
    void adopt();

    /** Lets go of the provider's connection, at once if the answer is unfinished. Idempotent; throws nothing. */
    @Override
    void close();
}
