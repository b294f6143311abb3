package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens streams of one provider: request out, status and first token in. Thread-safe. */
final class HttpUpstream {

    private static final Logger LOG = Logger.getLogger(HttpUpstream.class.getName());

    private final ProviderConfig config;
    private final Dialect dialect;
    private final Watchdog watchdog;
    private final UpstreamAddress address;
    private final Client client;
    private final Client fresh;
    private final StreamSlots slots;
    private final LongAdder malformedChunks = new LongAdder();

    HttpUpstream(ProviderConfig config, Dialect dialect, Watchdog watchdog) {
        this.config = config;
        this.dialect = dialect;
        this.watchdog = watchdog;
        this.address = config.address(dialect);
        this.client = UpstreamClient.create(config.deadlines().connect(), config.limits().maxConcurrent());
        this.fresh = UpstreamClient.create(config.deadlines().connect(), config.limits().maxConcurrent());
        this.slots = new StreamSlots(config, System::nanoTime, watchdog::watch);
    }

    /** Spares the first requests the building of the clients. Blocks shortly; call it on a platform thread. */
    void warmUp() {
        EngineWarmUp.run(client);
        EngineWarmUp.run(fresh);
    }

    String name() {
        return config.name();
    }

    List<String> models() {
        return config.models();
    }

    int activeStreams() {
        return slots.taken();
    }

    int queuedRequests() {
        return slots.queued();
    }

    Prefill prefill(LlmRequest request, String model) {
        return dialect.prefill(request, config.upstream(model));
    }

    long malformedChunks() {
        return malformedChunks.sum();
    }

    void close() {
        client.close();
        fresh.close();
    }

    ChunkStream open(ProviderCall call) {
        call.cancellation().throwIfCancelled();
        slots.take(call);
        call.nextAttempt();
        StreamGuard guard = new StreamGuard(name(), config.deadlines(), System::nanoTime, watchdog::watch);
        guard.arm();
        call.cancellation().onCancel(guard::cancel);
        ChunkStream opened = null;
        try {
            opened = open(call, guard);
            guard.rest();
            return opened;
        } catch (LlmException e) {
            // Whoever is called off has done nothing wrong.
            boolean calledOff = call.cancellation().reason().equals(Optional.of(e.failure()));
            if (calledOff && Connecting.failed(e)) {
                call.withdrawAttempt();
            }
            LOG.log(calledOff ? Level.FINE : Level.WARNING, () -> "provider '" + name() + "', model '" + call.model()
                    + "', attempt " + call.attempts() + ": " + e.failure().getClass().getSimpleName()
                    + " before the first token");
            throw e;
        } finally {
            if (opened == null) {
                guard.release();
                slots.release();
            }
        }
    }

    private ChunkStream open(ProviderCall call, StreamGuard guard) {
        UpstreamRequest request = dialect.request(call.request(), config.upstream(call.model()));
        UpstreamConnection connection = new UpstreamConnection(send(call, request, guard));
        HttpChunkStream stream = null;
        boolean begun = false;
        try {
            Redaction redaction = new Redaction(config.apiKey(), call.request());
            UpstreamAnswer answer = new UpstreamAnswer(name(), connection);
            if (!answer.succeeded()) {
                throw refused(answer, guard, redaction);
            }
            stream = stream(call, request, answer, guard, redaction);
            begun = true;
            return stream;
        } finally {
            if (!begun) {
                guard.release();
                connection.abort();
            }
        }
    }

    private Response send(ProviderCall call, UpstreamRequest request, StreamGuard guard) {
        if (call.attempts() > 1) {
            return sendOnNewConnection(request, guard);
        }
        try {
            return post(builder(client, request), request, guard);
        } catch (TransportException e) {
            if (!e.connectionBroke()) {
                throw e;
            }
            LOG.log(Level.FINE, e, () -> "provider '" + name() + "' may have left an old connection; trying a new one");
            return sendInPlaceOfOld(call, request, guard);
        }
    }

    /** That an old connection was dead says nothing about the provider, and is no attempt if a new one holds. */
    private Response sendInPlaceOfOld(ProviderCall call, UpstreamRequest request, StreamGuard guard) {
        try {
            return sendOnNewConnection(request, guard);
        } catch (LlmException e) {
            // So it was not for its age, and the provider may have seen the request twice.
            call.nextAttempt();
            throw e;
        }
    }

    /** The pool may hold many that the provider has left; this client's are closed after use, so that none is old. */
    private Response sendOnNewConnection(UpstreamRequest request, StreamGuard guard) {
        return post(builder(fresh, request).header("Connection", "close"), request, guard);
    }

    private Invocation.Builder builder(Client through, UpstreamRequest request) {
        Invocation.Builder builder = through.target(address.url(request.path())).request();
        request.headers().forEach(builder::header);
        // Tokens are small and must not wait in a compressor.
        return builder.header("Accept-Encoding", "identity");
    }

    private Response post(Invocation.Builder builder, UpstreamRequest request, StreamGuard guard) {
        try {
            return builder.post(Entity.entity(request.body().getBytes(UTF_8), MediaType.APPLICATION_JSON_TYPE));
        } catch (ProcessingException e) {
            Failure why = guard.reason().orElseGet(() -> address.unreachable(e));
            throw Faults.exception(why, false, e);
        }
    }

    private LlmException refused(UpstreamAnswer answer, StreamGuard guard, Redaction redaction) {
        // The answer is known; its words may not take as long as a token may.
        guard.finishing();
        ErrorResponse error = answer.error();
        Failure failure = guard.reason().orElseGet(() -> redaction.scrub(dialect.failure(error)));
        boolean answered = error.status() != 502 && error.status() != 503;
        return Faults.exception(failure, answered, null);
    }

    private HttpChunkStream stream(ProviderCall call, UpstreamRequest request, UpstreamAnswer answer,
                                   StreamGuard guard, Redaction redaction) {
        InputStream body = answer.connection().body();
        StreamHead fallback = new StreamHead("chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(), call.model(), name());
        ChunkReader reader = dialect.reader(fallback, call.request().sampling().choices());
        ChunkDecoder decoder = new ChunkDecoder(name(), reader, guard, redaction::scrub, malformedChunks::increment);
        HttpChunkStream stream = new HttpChunkStream(new HttpChunkStream.Parts(name(), request.dropped(),
                answer.connection(), body, decoder, guard, slots::release));
        String type = answer.contentType();
        if (type.contains("json")) {
            stream.readWhole(answer.whole(body, guard));
        } else if (type.startsWith("text/html")) {
            throw Faults.exception(new Failure.Malformed("provider '" + name()
                    + "' answered 200 with an HTML page; check " + config.key("base-url")), true, null);
        } else {
            stream.awaitFirstToken();
        }
        return stream;
    }
}
