package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens streams of one provider: request out, status and first token in. Thread-safe. */
final class HttpUpstream implements LlmProvider {

    private static final Logger LOG = Logger.getLogger(HttpUpstream.class.getName());

    private final ProviderConfig config;
    private final Dialect dialect;
    private final Watchdog watchdog;
    private final UpstreamAddress address;
    private final UpstreamClient client;
    private final StreamSlots slots;
    private final Concessions concessions = new Concessions();
    private final LongAdder malformedChunks = new LongAdder();

    HttpUpstream(ProviderConfig config, Dialect dialect, UpstreamClient client, Watchdog watchdog) {
        this.config = config;
        this.dialect = dialect;
        this.watchdog = watchdog;
        this.address = config.address(dialect);
        this.client = client;
        this.slots = new StreamSlots(config, System::nanoTime, watchdog::watch);
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public List<String> models() {
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

    Optional<String> untold(ContentPart part) {
        return dialect.untold(part);
    }

    long malformedChunks() {
        return malformedChunks.sum();
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        call.cancellation().throwIfCancelled();
        slots.take(call);
        boolean opened = false;
        try {
            ChunkStream stream = asItTakesIt(call);
            opened = true;
            return stream;
        } finally {
            if (!opened) {
                slots.release();
            }
        }
    }

    private ChunkStream asItTakesIt(ProviderCall call) {
        Upstream upstream = concessions.applied(config.upstream(call.model()));
        while (true) {
            try {
                return attempt(call, upstream);
            } catch (LlmException e) {
                Concession without = dialect.concession(call.request(), e.failure()).orElseThrow(() -> e);
                concessions.learn(call.model(), without);
                if (upstream.concedes(without) || !call.mayBeRepeated()) {
                    throw e;
                }
                upstream = upstream.conceding(without);
            }
        }
    }

    private ChunkStream attempt(ProviderCall call, Upstream upstream) {
        call.nextAttempt();
        try {
            return open(call, dialect.request(call.request(), upstream));
        } catch (LlmException e) {
            // Whoever is called off has done nothing wrong.
            boolean calledOff = call.cancellation().reason().equals(Optional.of(e.failure()));
            LOG.log(calledOff ? Level.FINE : Level.WARNING, () -> "provider '" + name() + "', model '" + call.model()
                    + "', attempt " + call.attempts() + ": " + e.failure().getClass().getSimpleName()
                    + " before the first token");
            throw e;
        }
    }

    private ChunkStream open(ProviderCall call, UpstreamRequest request) {
        Deadlines deadlines = request.whole() ? config.deadlines().whole() : config.deadlines();
        StreamGuard guard = new StreamGuard(name(), deadlines, System::nanoTime, watchdog::watch);
        guard.arm();
        call.cancellation().onCancel(guard::cancel);
        boolean opened = false;
        try {
            ChunkStream stream = open(call, request, guard);
            guard.rest();
            opened = true;
            return stream;
        } finally {
            if (!opened) {
                guard.release();
            }
        }
    }

    private ChunkStream open(ProviderCall call, UpstreamRequest request, StreamGuard guard) {
        UpstreamExchange exchange = send(call, request, guard);
        boolean begun = false;
        try {
            Redaction redaction = new Redaction(config.apiKey(), call.request());
            UpstreamAnswer answer = new UpstreamAnswer(name(), exchange);
            if (!answer.succeeded()) {
                throw refused(answer, guard, redaction);
            }
            ChunkStream stream = stream(call, request, answer, guard, redaction);
            begun = true;
            return stream;
        } finally {
            if (!begun) {
                guard.release();
                exchange.abort();
            }
        }
    }

    private UpstreamExchange send(ProviderCall call, UpstreamRequest request, StreamGuard guard) {
        UpstreamClient.Call http = new UpstreamClient.Call("POST", address.url(request.path()), request.headers(),
                Optional.of(JsonText.utf8(request.body())), config.deadlines().connect(), guard::connected);
        guard.connecting();
        if (call.attempts() > 1) {
            // The pool may hold many that the provider has left.
            return answered(client.sendOnNewConnection(http), call, guard);
        }
        try {
            return answered(client.send(http), call, guard);
        } catch (TransportException e) {
            if (!e.connectionBroke()) {
                throw e;
            }
            LOG.log(Level.FINE, e, () -> "provider '" + name() + "' may have left an old connection; trying a new one");
            return sendInPlaceOfOld(call, http, guard);
        }
    }

    /** That an old connection was dead says nothing about the provider, and is no attempt if a new one holds. */
    private UpstreamExchange sendInPlaceOfOld(ProviderCall call, UpstreamClient.Call http, StreamGuard guard) {
        guard.connecting();
        try {
            return answered(client.sendOnNewConnection(http), call, guard);
        } catch (LlmException e) {
            // So it was not for its age, and the provider may have seen the request twice.
            call.nextAttempt();
            throw e;
        }
    }

    private UpstreamExchange answered(UpstreamExchange exchange, ProviderCall call, StreamGuard guard) {
        try {
            exchange.awaitHead();
            return exchange;
        } catch (IOException e) {
            exchange.abort();
            Failure why = guard.reason().orElseGet(() -> address.unreachable(e));
            if (!exchange.sent() && call.cancellation().reason().equals(Optional.of(why))) {
                call.withdrawAttempt();
            }
            throw Faults.exception(why, false, e);
        }
    }

    private LlmException refused(UpstreamAnswer answer, StreamGuard guard, Redaction redaction) {
        // The answer is known; its words may not take as long as a token may.
        guard.finishing();
        ErrorResponse error = answer.error();
        Failure failure = guard.reason().orElseGet(() -> error.status() / 100 == 3 ? elsewhere(error.status())
                : redaction.scrub(dialect.failure(error)));
        boolean answered = error.status() != 502 && error.status() != 503;
        return Faults.exception(failure, answered, null);
    }

    /** A redirect is for who set the address up: to follow it would be to send the key where nobody said. */
    private Failure elsewhere(int status) {
        return new Failure.Malformed("provider '" + name() + "' answered " + status + " and named another address; check "
                + config.key("base-url"));
    }

    private HttpChunkStream stream(ProviderCall call, UpstreamRequest request, UpstreamAnswer answer,
                                   StreamGuard guard, Redaction redaction) {
        StreamHead fallback = new StreamHead("chatcmpl-" + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(), call.model(), name());
        ChunkReader reader = dialect.reader(fallback, call.request().sampling().choices());
        ChunkDecoder decoder = new ChunkDecoder(name(), reader, guard, redaction::scrub, malformedChunks::increment);
        HttpChunkStream stream = new HttpChunkStream(new HttpChunkStream.Parts(name(), request.dropped(),
                answer.exchange(), decoder, guard, slots::release));
        String type = answer.contentType();
        if (type.contains("json")) {
            stream.readWhole(answer.whole(guard));
        } else if (type.startsWith("text/html")) {
            throw Faults.exception(new Failure.Malformed("provider '" + name()
                    + "' answered 200 with an HTML page; check " + config.key("base-url")), true, null);
        } else {
            stream.awaitFirstToken();
        }
        return stream;
    }
}
