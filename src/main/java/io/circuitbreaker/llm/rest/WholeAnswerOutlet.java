package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.ResponseCollector;
import io.circuitbreaker.llm.relay.Heartbeat;
import io.circuitbreaker.llm.relay.Outlet;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.function.Consumer;

/** An answer in one document, put together from its chunks. */
final class WholeAnswerOutlet implements Outlet {

    private final LlmRequest request;
    private final ClientDialect dialect;
    private final ClientReply reply;
    private final Errors errors;
    private final Heartbeat heartbeat;
    private final Consumer<Heartbeat> onBegin;
    private ResponseCollector collector;

    /**
     * @param onGone  hears of a client that a heartbeat did not reach, on any thread
     * @param onBegin gets the heartbeat when the answer has begun
     */
    WholeAnswerOutlet(LlmRequest request, ClientDialect dialect, ClientReply reply, Errors errors, long heartbeatNanos,
                      Consumer<Failure> onGone, Consumer<Heartbeat> onBegin) {
        this.request = request;
        this.dialect = dialect;
        this.reply = reply;
        this.errors = errors;
        this.heartbeat = reply.heartbeat(heartbeatNanos, onGone);
        this.onBegin = onBegin;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    @Override
    public void begin(RoutedStream answer) {
        reply.headers(RoutingHeaders.of(reply.headers(), answer));
        collector = dialect.collector(request, answer.stream().head());
        reply.beQuiet();
        onBegin.accept(heartbeat);
    }

    @Override
    public void chunk(StreamingChunk chunk) {
        collector.add(chunk);
    }

    @Override
    public void flush() {
        // The document is sent when it is whole.
    }

    @Override
    public void complete() {
        heartbeat.stop();
        reply.document(collector.response());
    }

    @Override
    public void fail(LlmException why) {
        heartbeat.stop();
        reply.headers(RoutingHeaders.of(reply.headers(), why));
        reply.fail(why.failure(), errors.response(why.failure()), dialect.error(why.failure()), 1);
    }
}
