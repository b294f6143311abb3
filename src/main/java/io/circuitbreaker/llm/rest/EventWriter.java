package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes whole events to one client, each flushed before the call returns. The sink takes one event at a time, so a
 * heartbeat from another thread falls between two events and never into one.
 */
final class EventWriter {

    private final SseEventSink sink;
    private volatile long writtenAt = System.nanoTime();

    EventWriter(SseEventSink sink) {
        this.sink = sink;
    }

    /** @throws LlmException with {@code ClientGone} if the client cannot be reached any more */
    void data(String oneLine) {
        send(new Event(oneLine, null));
    }

    /** A comment, which clients ignore. */
    void heartbeat() {
        send(new Event(null, "ping"));
    }

    /** When the last event was written, on {@link System#nanoTime}'s scale. */
    long writtenAt() {
        return writtenAt;
    }

    private void send(Event event) {
        try {
            CompletableFuture<?> written = sink.send(event).toCompletableFuture();
            if (!written.isDone() || written.isCompletedExceptionally()) {
                written.join();
            }
        } catch (IllegalStateException | CompletionException e) {
            throw new LlmException(new Failure.ClientGone("the client went away"), e);
        }
        writtenAt = System.nanoTime();
    }

    void close() {
        sink.close();
    }

    /** The platform's builder makes three objects for what is two strings. */
    private record Event(String data, String comment) implements OutboundSseEvent {

        @Override
        public Class<?> getType() {
            return String.class;
        }

        @Override
        public Type getGenericType() {
            return String.class;
        }

        @Override
        public MediaType getMediaType() {
            return MediaType.TEXT_PLAIN_TYPE;
        }

        @Override
        public Object getData() {
            return data;
        }

        @Override
        public String getId() {
            return null;
        }

        @Override
        public String getName() {
            return null;
        }

        @Override
        public String getComment() {
            return comment;
        }

        @Override
        public long getReconnectDelay() {
            return RECONNECT_NOT_SET;
        }

        @Override
        public boolean isReconnectDelaySet() {
            return false;
        }
    }
}
