package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.relay.Delivery;
import io.circuitbreaker.llm.relay.Heartbeat;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.function.Consumer;

/** The events of a stream as server-sent events. The first of them, or a heartbeat before it, commits the response. */
final class SseDelivery implements Delivery {

    private final ClientReply reply;
    private final Errors errors;
    private final Heartbeat heartbeat;
    private EventWriter writer;

    /** @param onGone hears of a client that a heartbeat did not reach, on any thread */
    SseDelivery(ClientReply reply, Errors errors, long heartbeatNanos, Consumer<Failure> onGone) {
        this.reply = reply;
        this.errors = errors;
        this.heartbeat = reply.heartbeat(heartbeatNanos, onGone);
    }

    /** To be watched while nobody calls {@link #heartbeat()}. */
    Heartbeat watched() {
        return heartbeat;
    }

    @Override
    public void begin(RoutedStream answer) {
        reply.headers(RoutingHeaders.of(reply.headers(), answer));
        writer();
    }

    private EventWriter writer() {
        if (writer == null) {
            writer = reply.commit().orElseThrow(() -> new IllegalStateException("the client has its answer"));
        }
        return writer;
    }

    @Override
    public void event(long id, String data) {
        writer().event(id, data);
    }

    @Override
    public void last(long id, String data) {
        writer().last(id, data);
    }

    @Override
    public void flush() {
        writer().flush();
    }

    @Override
    public void heartbeat() {
        reply.beat();
    }

    @Override
    public void end() {
        heartbeat.stop();
        writer().flush();
        reply.end(writer);
    }

    @Override
    public void fail(LlmException why, long id, String data) {
        heartbeat.stop();
        reply.headers(RoutingHeaders.of(reply.headers(), why));
        reply.fail(why.failure(), errors.response(why.failure()), data, id);
    }
}
