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
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
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
    private final AsyncContext context;
    private final AsyncResponse response;
    private final long startedAt = System.nanoTime();
    private final Cancellation cancellation = new Cancellation();
    private StreamPlace session;

    // the exchange's own thread
    private String provider = "";
    private Optional<Duration> firstToken = Optional.empty();

    // shared
    private final Heartbeat heartbeat;
    private volatile Map<String, String> headers = Map.of();
    // written under the lock of this
    private volatile Optional<EventWriter> writer = Optional.empty();
    // guarded by this
    private boolean answered;

    Exchange(LlmRequest request, ClientDialect dialect, Exchanges services, AsyncContext context, AsyncResponse response) {
        this.request = request;
        this.dialect = dialect;
        this.services = services;
        this.context = context;
        this.response = response;
        this.heartbeat = new Heartbeat(services.heartbeatNanos(), this::sentAt, this::beat);
    }

    void admit(StreamingManager manager) {
        session = manager.open(StreamOwner.of(""), Optional.empty(), cancellation::cancel);
        headers = Map.of("X-Request-Id", session.id());
    }

    void start() {
        Thread.ofVirtual().name("llm-stream-" + session.id()).start(this::run);
    }

    private void run() {
        Optional<Failure> failure = Optional.empty();
        try {
            services.coldStart().enter();
            if (request.stream()) {
                services.watchdog().watch(heartbeat);
            }
            answer();
        } catch (LlmException e) {
            failure = Optional.of(e.failure());
            headers = RoutingHeaders.of(headers, e);
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
        Map<String, String> all = RoutingHeaders.of(headers, routed);
        if (!routed.stream().droppedParams().isEmpty()) {
            all.put("X-Dropped-Params", String.join(", ", routed.stream().droppedParams()));
        }
        all.replaceAll((name, value) -> HeaderText.clean(value));
        headers = all;
    }

    private void relay(ChunkStream stream) {
        EventWriter out = commit().orElseThrow();
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
        out.close();
        context.complete();
    }

    private void collect(ChunkStream stream) {
        ResponseCollector collector = dialect.collector(request, stream.head());
        while (stream.advance()) {
            collector.add(stream.chunk());
        }
        Response.ResponseBuilder whole = Response.ok(collector.response(), MediaType.APPLICATION_JSON_TYPE);
        headers.forEach(whole::header);
        synchronized (this) {
            answered = true;
        }
        response.resume(whole.build());
    }

    /**
     * Commits the response: from here on it is a stream, whatever comes. The first call does it.
     *
     * @return the way to the client; empty if it has been answered in another way
     */
    private synchronized Optional<EventWriter> commit() {
        if (answered || writer.isPresent()) {
            return writer;
        }
        HttpServletResponse http = (HttpServletResponse) context.getResponse();
        http.setStatus(HttpServletResponse.SC_OK);
        http.setContentType("text/event-stream;charset=utf-8");
        http.setHeader("Cache-Control", "no-cache, no-transform");
        http.setHeader("X-Accel-Buffering", "no");
        headers.forEach(http::setHeader);
        try {
            writer = Optional.of(new EventWriter(http.getOutputStream()));
        } catch (IOException e) {
            throw new LlmException(new Failure.ClientGone("the client went away"), e);
        }
        return writer;
    }

    /** Before the first token it commits the response too: so long a silence is worth more than a status. */
    private void beat() {
        try {
            commit().ifPresent(EventWriter::heartbeat);
        } catch (LlmException gone) {
            cancellation.cancel(gone.failure());
        }
    }

    private long sentAt() {
        return writer.map(EventWriter::flushedAt).orElse(startedAt);
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
        Optional<EventWriter> out;
        synchronized (this) {
            answered = true;
            out = writer;
        }
        if (out.isEmpty()) {
            Response.ResponseBuilder error = Response.fromResponse(services.errors().response(failure));
            headers.forEach(error::header);
            response.resume(error.build());
            return;
        }
        try {
            if (!(failure instanceof Failure.ClientGone)) {
                out.get().data(dialect.error(failure));
                out.get().flush();
            }
        } finally {
            out.get().close();
            context.complete();
        }
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
