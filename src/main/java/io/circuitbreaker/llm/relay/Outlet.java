package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.routing.RoutedStream;

/**
 * Takes what a generation makes. Called by one thread, but for {@link #lend}, in this order: {@link #begin}, chunks and
 * flushes, {@link #complete}; at any time instead of what would follow, {@link #fail}.
 */
public interface Outlet {

    /** The answer has its first token. */
    void begin(RoutedStream answer);

    /** Where a client holds up {@link #chunk} or {@link #flush}, another thread may read on, and call them meanwhile. */
    default void lend(ReadAhead reader) {
        // The caller waits.
    }

    /**
     * Whether a thread that many streams share may call {@link #chunk} and {@link #flush}: they wait for nothing but a
     * client that is slow.
     */
    default boolean sharesThreads() {
        return true;
    }

    /** @throws LlmException with {@code ClientGone} if nobody can take it any more */
    void chunk(StreamingChunk chunk);

    /**
     * No other chunk is ready, or another thread is to go on: what was taken must not wait. May block while the client is
     * slow.
     */
    void flush();

    /** The answer is complete. */
    void complete();

    /** It is not, and nothing follows. */
    void fail(LlmException why);
}
