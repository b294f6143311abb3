package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
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
        delivery.event(++events, data);
    }

    @Override
    public void flush() {
        delivery.flush();
    }

    @Override
    public void complete() {
        chunks.end(this::event);
        delivery.end();
    }

    @Override
    public void fail(LlmException why) {
        Failure failure = why.failure();
        delivery.fail(why, events + 1, dialect.error(failure));
    }
}
