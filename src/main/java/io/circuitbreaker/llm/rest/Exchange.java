package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.ResponseCollector;
import io.circuitbreaker.llm.observe.StreamEnd;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.servlet.AsyncContext;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request of one client, from admission to its one end. Its virtual thread opens the upstream, reads it and writes to
 * the client; other threads only tell it that the client is gone or that the server stops.
 *
 * <pre>
 *   opening --first token, or the heartbeat is due--> dispatched --sink attached--> writing --> ended
 *      |                                                                                          ^
 *      +-- failed, or not a stream: a response with its own status -------------------------------+
 * </pre>
 */
final class Exchange {

    static final String ATTRIBUTE = Exchange.class.getName();

    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());
    private static final String RELAY_PATH = "/v1/chat/relay";
    private static final Duration DISPATCH_LIMIT = Duration.ofSeconds(30);

    // configuration
    private final LlmRequest request;
    private final ClientDialect dialect;
    private final Exchanges services;
    private final AsyncContext context;
    private final AsyncResponse response;
    private final long startedAt = System.nanoTime();
    private final Cancellation cancellation = new Cancellation();
    private StreamingSession session;

    // the exchange's own thread
    private String provider = "";
    private Optional<Duration> firstToken = Optional.empty();
    private Optional<TokenUsage> usage = Optional.empty();

    // shared
    private final Heartbeat heartbeat;
    private final CompletableFuture<EventWriter> writer = new CompletableFuture<>();
    private volatile Map<String, String> headers = Map.of();
    private boolean dispatched;
    private boolean over;

    Exchange(LlmRequest request, ClientDialect dialect, Exchanges services, AsyncContext context, AsyncResponse response) {
        this.request = request;
        this.dialect = dialect;
        this.services = services;
        this.context = context;
        this.response = response;
        this.heartbeat = new Heartbeat(services.heartbeatNanos(), this::beat);
    }

    void admit(StreamingManager manager) {
        session = manager.open(cancellation::cancel);
        headers = Map.of("X-Request-Id", session.id());
    }

    void start() {
        Thread.ofVirtual().name("llm-stream-" + session.id()).start(this::run);
    }

    /** The response's headers, as far as they are known when it is committed. */
    Map<String, String> headers() {
        return headers;
    }

    /** The second pass of the request has a sink. */
    void attach(EventWriter attached) {
        writer.complete(attached);
    }

    private void run() {
        Optional<Failure> failure = Optional.empty();
        try {
            if (request.stream()) {
                services.watchdog().watch(heartbeat);
            }
            answer();
        } catch (LlmException e) {
            failure = Optional.of(e.failure());
            LOG.log(Level.FINE, e, () -> "stream " + session.id() + " failed");
        } catch (RuntimeException | Error e) {
            failure = Optional.of(new Failure.Internal("the router failed; its log has more under " + session.id()));
            LOG.log(Level.SEVERE, e, () -> "stream " + session.id() + " failed by our own fault");
        }
        end(failure);
    }

    private void answer() {
        RoutedStream routed = services.router().open(request, cancellation);
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
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("X-LLM-Provider", routed.provider());
        all.put("X-LLM-Model", routed.model());
        all.put("X-LLM-Attempts", Integer.toString(routed.attempts()));
        if (!routed.stream().droppedParams().isEmpty()) {
            all.put("X-Dropped-Params", String.join(", ", routed.stream().droppedParams()));
        }
        all.replaceAll((name, value) -> HeaderText.clean(value));
        headers = all;
    }

    private void relay(ChunkStream stream) {
        dispatch();
        EventWriter out = awaitWriter();
        ChunkWriter chunks = dialect.writer(request, stream.head());
        while (stream.advance()) {
            StreamingChunk chunk = stream.chunk();
            if (chunk.usage().isPresent()) {
                usage = chunk.usage();
            }
            chunks.write(chunk, out::data);
        }
        heartbeat.stop();
        chunks.end(out::data);
        out.close();
    }

    private void collect(ChunkStream stream) {
        ResponseCollector collector = dialect.collector(request, stream.head());
        while (stream.advance()) {
            if (stream.chunk().usage().isPresent()) {
                usage = stream.chunk().usage();
            }
            collector.add(stream.chunk());
        }
        Response.ResponseBuilder whole = Response.ok(collector.response(), MediaType.APPLICATION_JSON_TYPE);
        headers.forEach(whole::header);
        over = true;
        response.resume(whole.build());
    }

    /** Commits the response: from here on it is a stream, whatever comes. Only the first call acts. */
    private void dispatch() {
        synchronized (this) {
            if (dispatched || over) {
                return;
            }
            dispatched = true;
        }
        context.dispatch(RELAY_PATH);
    }

    private EventWriter awaitWriter() {
        try {
            return writer.get(DISPATCH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new LlmException(cancellation.reason().orElse(new Failure.Cancelled("the stream was interrupted")), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new LlmException(new Failure.Internal("the server did not take up the stream within "
                    + DISPATCH_LIMIT.toMillis() + " ms"), e);
        }
    }

    private void beat() {
        dispatch();
        EventWriter out = writer.getNow(null);
        if (out == null) {
            return;
        }
        long silence = System.nanoTime() - out.writtenAt();
        if (silence < services.heartbeatNanos()) {
            heartbeat.again(services.heartbeatNanos() - silence);
            return;
        }
        try {
            out.heartbeat();
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
            StreamEnd end = new StreamEnd(provider, firstToken, sinceStart(), usage, failure);
            services.metrics().record(end);
            failure.ifPresent(why -> LOG.log(Level.INFO, () -> "stream " + session.id() + " of provider '" + provider
                    + "' ended after " + end.total().toMillis() + " ms: " + end.outcome()));
        }
    }

    private void tell(Failure failure) {
        boolean committed;
        synchronized (this) {
            committed = dispatched;
            over = true;
        }
        if (!committed) {
            Response error = services.errors().response(failure);
            response.resume(Response.fromResponse(error).header("X-Request-Id", session.id()).build());
            return;
        }
        // An interrupt that ended the upstream must not end the writing of the reason.
        Thread.interrupted();
        EventWriter out = awaitWriter();
        try {
            if (!(failure instanceof Failure.ClientGone)) {
                out.data(dialect.error(failure));
            }
        } finally {
            out.close();
        }
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
