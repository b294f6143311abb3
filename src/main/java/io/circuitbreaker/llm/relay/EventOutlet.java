package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.routing.RoutedStream;

/** Chunks as numbered events for one client, in the client's language. */
public final class EventOutlet implements Outlet {

    private final LlmRequest request;
    private final ClientDialect dialect;
    private final Delivery delivery;
    private ChunkWriter chunks;
    private long events;
    /** The last of them, if it is not delivered yet: mostly a flush follows, and then both are one call. */
    private String held;

    public EventOutlet(LlmRequest request, ClientDialect dialect, Delivery delivery) {
        this.request = request;
        this.dialect = dialect;
        this.delivery = delivery;
    }

    @Override
    public void begin(RoutedStream answer) {
        delivery.begin(answer);
        chunks = dialect.writer(request, answer.stream().head());
    }

    @Override
    public void lend(ReadAhead reader) {
        delivery.lend(reader);
    }

    @Override
    public boolean sharesThreads() {
        return delivery.sharesThreads();
    }

    @Override
    public void chunk(StreamingChunk chunk) {
        chunks.write(chunk, this::event);
    }

    private void event(String data) {
        String before = held;
        // Before that is delivered: where it is held up, another thread comes with the next.
        held = data;
        events++;
        if (before != null) {
            delivery.event(events - 1, before);
        }
    }

    @Override
    public void flush() {
        String last = held;
        held = null;
        if (last == null) {
            delivery.flush();
        } else {
            delivery.last(events, last);
        }
    }

    @Override
    public void complete() {
        chunks.end(this::event);
        deliverHeld();
        delivery.end();
    }

    @Override
    public void fail(LlmException why) {
        LlmException reason = why;
        try {
            deliverHeld();
        } catch (LlmException gone) {
            reason = gone;
        } finally {
            delivery.fail(reason, events + 1, dialect.error(reason.failure()));
        }
    }

    private void deliverHeld() {
        String last = held;
        held = null;
        if (last != null) {
            delivery.event(events, last);
        }
    }
}
