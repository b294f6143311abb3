package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.edge.ClientAccess;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.relay.BufferedDelivery;
import io.circuitbreaker.llm.relay.Callers;
import io.circuitbreaker.llm.relay.Delivery;
import io.circuitbreaker.llm.relay.EventOutlet;
import io.circuitbreaker.llm.relay.FollowedDelivery;
import io.circuitbreaker.llm.relay.Follower;
import io.circuitbreaker.llm.relay.Generation;
import io.circuitbreaker.llm.relay.Generations;
import io.circuitbreaker.llm.relay.KeptDelivery;
import io.circuitbreaker.llm.relay.SlowClients;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamingSession;
import io.circuitbreaker.llm.session.WholeAnswerHeartbeat;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Joins a request's generation to the way on which its client is answered. Its methods are called on the container's
 * thread, where alone the asynchronous context is to be had, and return at once.
 */
@Unproxied
public class Exchanges {

    static final String SESSION_HEADER = "X-Session-Id";
    static final String PROJECT_HEADER = "X-Project-Id";
    /** Streams have deadlines of their own. */
    private static final long NEVER = 0;

    private final Generations generations;
    private final Callers callers;
    private final Watchdog watchdog;
    private final SlowClients slowClients;
    private final Errors errors;

    @Inject
    public Exchanges(Generations generations, Callers callers, Watchdog watchdog, SlowClients slowClients,
                     Errors errors) {
        this.generations = generations;
        this.callers = callers;
        this.watchdog = watchdog;
        this.slowClients = slowClients;
        this.errors = errors;
    }

    /** The same for answers of others, which are counted by themselves. */
    Exchanges apart(LlmRouter others, StreamingMetrics theirs) {
        return new Exchanges(generations.apart(others, theirs), callers, watchdog, slowClients, errors);
    }

    /**
     * Answers on the request's own connection.
     *
     * @throws LlmException if there is no place for one more stream, or a header asks for what cannot be
     */
    public void begin(LlmRequest chat, ClientDialect dialect, HttpServletRequest request, HttpServletResponse response) {
        Duration grace = ResumeWish.of(request, generations.config().replay()).orElse(Duration.ZERO);
        if (!chat.stream() && !grace.isZero()) {
            throw new LlmException(Failure.InvalidRequest.of("stream", "the header " + ResumeWish.HEADER
                    + " needs 'stream' to be true: only a stream can be resumed"));
        }
        Generation generation = admit(chat, request);
        AsyncContext context = request.startAsync(request, response);
        context.setTimeout(NEVER);
        ClientReply reply = new ClientReply(chat.stream() ? AnswerForm.EVENTS : AnswerForm.DOCUMENT, context);
        reply.headers(headers(generation, !grace.isZero(), request.getContextPath()));
        if (!chat.stream()) {
            whole(chat, dialect, generation, reply);
        } else if (grace.isZero()) {
            SseDelivery delivery = delivery(reply, generation::cancel);
            var ends = new BufferedDelivery.Ends(generation::cancel, generation::giveUp);
            generation.start(new EventOutlet(chat, dialect, buffered(delivery, dialect, ends)));
        } else {
            KeptDelivery kept = new KeptDelivery(generations.keep(generation, chat, grace));
            var ends = new BufferedDelivery.Ends(_ -> kept.leave(), why -> kept.leave(why, dialect.error(why)));
            kept.deliverTo(buffered(delivery(reply, _ -> kept.leave()), dialect, ends));
            generation.start(new EventOutlet(chat, dialect, kept));
        }
    }

    private Generation admit(LlmRequest chat, HttpServletRequest request) {
        String client = client(request);
        Optional<StreamingSession> session = Optional.ofNullable(request.getHeader(SESSION_HEADER))
                .map(id -> callers.session(id, client));
        Optional<String> project = Optional.ofNullable(request.getHeader(PROJECT_HEADER));
        return generations.admit(chat, callers.owner(client, chat, project, session), session);
    }

    /** The name of the caller's key; empty where no keys are configured. */
    static String client(HttpServletRequest request) {
        return request.getAttribute(ClientAccess.CLIENT) instanceof String name ? name : "";
    }

    private static Map<String, String> headers(Generation generation, boolean resumable, String contextPath) {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("X-Request-Id", generation.id()));
        if (resumable) {
            headers.put("X-Stream-Url", contextPath + StreamsResource.path(generation.id()));
        }
        return headers;
    }

    /** A client's own stream is watched for silence from its beginning on. */
    private SseDelivery delivery(ClientReply reply, Consumer<Failure> onGone) {
        SseDelivery delivery = new SseDelivery(reply, errors, heartbeatInterval().toNanos(), onGone);
        watchdog.watch(delivery.watched());
        return delivery;
    }

    private Delivery buffered(Delivery delivery, ClientDialect dialect, BufferedDelivery.Ends ends) {
        return new BufferedDelivery(delivery, generations.config().flow(), slowClients, dialect::textOf, ends);
    }

    private void whole(LlmRequest chat, ClientDialect dialect, Generation generation, ClientReply reply) {
        WholeAnswerHeartbeat when = generations.config().wholeAnswerHeartbeat();
        WholeAnswerOutlet outlet = new WholeAnswerOutlet(chat, dialect, reply, errors, heartbeatInterval().toNanos(),
                generation::cancel, beginning -> {
                    if (when == WholeAnswerHeartbeat.AFTER_FIRST_TOKEN) {
                        watchdog.watch(beginning);
                    }
                });
        if (when == WholeAnswerHeartbeat.ALWAYS) {
            watchdog.watch(outlet.heartbeat());
        }
        generation.start(outlet);
    }

    /**
     * Begins a stream that no connection belongs to.
     *
     * @throws LlmException if there is no place for one more stream, or a header asks for what cannot be
     */
    LiveStream beginKept(LlmRequest read, ClientDialect dialect, HttpServletRequest request) {
        LlmRequest chat = read.streamed();
        Duration grace = ResumeWish.of(request, generations.config().replay())
                .orElse(generations.config().replay().grace());
        Generation generation = admit(chat, request);
        LiveStream stream = generations.keep(generation, chat, grace);
        generation.start(new EventOutlet(chat, dialect, new KeptDelivery(stream)));
        return stream;
    }

    /** Hands a kept stream to one more client. */
    void follow(ReadableStream stream, long after, AnswerForm form, HttpServletRequest request) {
        ClientReply reply = new ClientReply(form, request.getAsyncContext());
        reply.headers(Map.of("X-Request-Id", stream.info().id()));
        Reading reading = stream.read();
        SseDelivery client = new SseDelivery(reply, errors, heartbeatInterval().toNanos(), _ -> { });
        Delivery delivery = new FollowedDelivery(client, generations.config().flow().slowClientTimeout(), slowClients,
                reading::close);
        new Follower(stream, reading, errors.openAi(), delivery, heartbeatInterval()).start(after);
    }

    Duration heartbeatInterval() {
        return generations.config().heartbeatInterval();
    }
}
