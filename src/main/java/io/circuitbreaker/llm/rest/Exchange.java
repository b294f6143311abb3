package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.ResponseCollector;
import io.circuitbreaker.llm.observe.StreamEnd;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamPlace;
import io.circuitbreaker.llm.session.StreamingSession;
import io.circuitbreaker.llm.session.WholeAnswerHeartbeat;
import jakarta.servlet.AsyncContext;
import jakarta.ws.rs.container.AsyncResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request of one client, from admission to its one end. Its virtual thread opens the upstream, reads it and writes to
 * the client; other threads only tell it that the client is gone or that the server stops.
 *
 * <pre>
 *   opening --first token, or the heartbeat is due--> committed --> ended
 *      |                                                              ^
 *      +-- failed, or not a stream: a response with its own status ---+
 * </pre>
 */
final class Exchange {

    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());

    // configuration
    private final LlmRequest request;
    private final ClientDialect dialect;
    private final Exchanges services;
    private final ClientReply reply;
    private final long startedAt = System.nanoTime();
    private final Cancellation cancellation = new Cancellation();
    private StreamPlace session;

    // the exchange's own thread
    private String provider = "";
    private Optional<Duration> firstToken = Optional.empty();

    // shared
    private final Heartbeat heartbeat;

    Exchange(LlmRequest request, ClientDialect dialect, Exchanges services, AsyncContext context, AsyncResponse response) {
        this.request = request;
        this.dialect = dialect;
        this.services = services;
        this.reply = new ClientReply(request.stream() ? AnswerForm.EVENTS : AnswerForm.DOCUMENT, context, response);
        this.heartbeat = new Heartbeat(services.streaming().heartbeatInterval().toNanos(), reply::heardAt, this::beat);
    }

    void admit(StreamingManager manager) {
        session = manager.open(StreamOwner.of(""), Optional.empty(), cancellation::cancel);
        headers = Map.of("X-Request-Id", session.id());
        session = manager.open(cancellation::cancel);
        reply.headers(Map.of("X-Request-Id", session.id()));
    }

    void start() {
        Thread.ofVirtual().name("llm-stream-" + session.id()).start(this::run);
    }

    private void run() {
        Optional<Failure> failure = Optional.empty();
        try {
            services.coldStart().enter();
            if (request.stream() || services.streaming().wholeAnswerHeartbeat() == WholeAnswerHeartbeat.ALWAYS) {
                services.watchdog().watch(heartbeat);
            }
            answer();
        } catch (LlmException e) {
            failure = Optional.of(e.failure());
            reply.headers(RoutingHeaders.of(reply.headers(), e));
            LOG.log(Level.FINE, e, () -> "stream " + session.id() + " failed");
        } catch (RuntimeException | Error e) {
            failure = Optional.of(new Failure.Internal("the router failed; its log has more under " + session.id()));
            LOG.log(Level.SEVERE, e, () -> "stream " + session.id() + " failed by our own fault");
        }
        end(failure);
        services.coldStart().over();
    }

    private void answer() {
        RoutedStream routed = services.router().open(request, cancellation, services.metrics()::record);
        try (ChunkStream stream = routed.stream()) {
            provider = routed.provider();
            firstToken = Optional.of(sinceStart());
            describe(routed);
            if (request.stream()) {
                relay(stream);
            } else {
                collect(stream);
            }
        }
    }

    private void describe(RoutedStream routed) {
        Map<String, String> all = RoutingHeaders.of(reply.headers(), routed);
        if (!routed.stream().droppedParams().isEmpty()) {
            all.put("X-Dropped-Params", String.join(", ", routed.stream().droppedParams()));
        }
        all.replaceAll((name, value) -> HeaderText.clean(value));
        reply.headers(all);
    }

    private void relay(ChunkStream stream) {
        EventWriter out = reply.commit().orElseThrow();
        ChunkWriter chunks = dialect.writer(request, stream.head());
        while (stream.advance()) {
            chunks.write(stream.chunk(), out::data);
            if (!stream.hasNext()) {
                out.flush();
                services.coldStart().over();
            }
        }
        heartbeat.stop();
        chunks.end(out::data);
        out.flush();
        reply.end(out);
    }

    private void collect(ChunkStream stream) {
        ResponseCollector collector = dialect.collector(request, stream.head());
        if (services.streaming().wholeAnswerHeartbeat() == WholeAnswerHeartbeat.AFTER_FIRST_TOKEN) {
            reply.beQuiet();
            services.watchdog().watch(heartbeat);
        }
        while (stream.advance()) {
            collector.add(stream.chunk());
        }
        heartbeat.stop();
        reply.document(collector.response());
    }

    private void beat() {
        try {
            reply.beat();
        } catch (LlmException gone) {
            cancellation.cancel(gone.failure());
        }
    }

    /** Settles everything, once: the client's answer, the place, the figures. */
    private void end(Optional<Failure> failure) {
        heartbeat.stop();
        try {
            failure.ifPresent(this::tell);
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, e, () -> "stream " + session.id() + ": the client could not be told how it ended");
        } finally {
            session.close();
            StreamEnd end = new StreamEnd(provider, firstToken, sinceStart(), failure);
            services.metrics().record(end);
            failure.ifPresent(why -> LOG.log(Level.INFO, () -> "stream " + session.id() + " of provider '" + provider
                    + "' ended after " + end.total().toMillis() + " ms: " + end.outcome()));
        }
    }

    private void tell(Failure failure) {
        reply.fail(failure, services.errors().response(failure), dialect.error(failure));
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
