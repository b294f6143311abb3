package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.edge.ChatRequests;
import io.circuitbreaker.llm.edge.EdgeConfig;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.relay.Callers;
import io.circuitbreaker.llm.relay.Generations;
import io.circuitbreaker.llm.relay.SlowClients;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;

/** What all sockets share. Thread-safe. */
@Unproxied
public class SocketServices {

    private final ChatRequests requests;
    private final Generations generations;
    private final Callers callers;
    private final LiveStreams streams;
    private final EdgeConfig config;
    private final Watchdog watchdog;
    private final SlowClients slowClients;

    @Inject
    public SocketServices(ChatRequests requests, Generations generations, Callers callers, LiveStreams streams,
                          EdgeConfig config, Watchdog watchdog, SlowClients slowClients) {
        this.requests = requests;
        this.generations = generations;
        this.callers = callers;
        this.streams = streams;
        this.config = config;
        this.watchdog = watchdog;
        this.slowClients = slowClients;
    }

    ChatRequests requests() {
        return requests;
    }

    Generations generations() {
        return generations;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    SlowClients slowClients() {
        return slowClients;
    }

    EdgeConfig config() {
        return config;
    }

    /** @throws LlmException with {@code InvalidRequest} if it is none */
    Duration grace(Optional<String> wish) {
        return wish.map(value -> generations.config().replay().graceOf(value, "'resume_grace'"))
                .orElse(generations.config().replay().grace());
    }

    StreamingSession session(String id, String client) {
        return callers.session(id, client);
    }

    StreamOwner owner(String client, LlmRequest request, Optional<String> project, Optional<StreamingSession> session) {
        return callers.owner(client, request, project, session);
    }

    /** @throws LlmException with {@code NotFound} if it is not kept, or is another client's */
    ReadableStream stream(String id, String client) {
        return streams.find(id, client).orElseThrow(() -> new LlmException(
                new Failure.NotFound("there is no stream of this id; it may have been forgotten", "stream_not_found")));
    }
}
