package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.RoutedStream;

/**
 * The way of a stream's events to one client. Called by one thread at a time, except as {@link #lend} says.
 *
 * <p>Where the client cannot be reached any more a method throws {@link LlmException} with {@code ClientGone}; the caller
 * then calls {@link #fail} with it, which tells nobody and gives back what the way was made of.
 */
public interface Delivery {

    /** Who answers is known from now on. Not called where a stream is followed that began elsewhere. */
    void begin(RoutedStream answer);

    /** Where a client holds up {@link #event} or {@link #flush}, another thread may read on. Called after {@link #begin}. */
    default void lend(ReadAhead reader) {
        // The caller waits for the client.
    }

    /** As {@link Outlet#sharesThreads()}. */
    default boolean sharesThreads() {
        return true;
    }

    /** @param id the event's number within its stream, from 1 */
    void event(long id, String data);

    /** {@link #event} and {@link #flush} in one, which is what most events need: nothing is ready to follow them. */
    default void last(long id, String data) {
        event(id, data);
        flush();
    }

    /** Sends what was written; blocks while the client takes nothing. */
    void flush();

    /** Nothing was written for a while; finds out whether the client is still there. */
    void heartbeat();

    /** All has been written. */
    void end();

    /**
     * The stream has failed. A client that has got nothing yet is told in its own way (a status); any other is told by the
     * event.
     *
     * @param id   the event's number
     * @param data the event that says so
     */
    void fail(LlmException why, long id, String data);
}
