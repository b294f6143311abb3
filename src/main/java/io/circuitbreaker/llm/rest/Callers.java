package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Who calls, and on whose behalf. Thread-safe. */
@ApplicationScoped
public class Callers {

    static final String SESSION_HEADER = "X-Session-Id";
    static final String PROJECT_HEADER = "X-Project-Id";

    /** @param session the session that the request names */
    record Caller(StreamOwner owner, Optional<StreamingSession> session) {
    }

    private final StreamingManager manager;

    /** For the proxy. */
    protected Callers() {
        this(null);
    }

    @Inject
    public Callers(StreamingManager manager) {
        this.manager = manager;
    }

    /** The name of the caller's key; empty where no keys are configured. */
    static String client(HttpServletRequest request) {
        return request.getAttribute(ClientAuthFilter.CLIENT) instanceof String name ? name : "";
    }

    /**
     * A session's user and project count, for a request that names a session and for all that it says of itself.
     *
     * @throws LlmException with {@code NotFound} if it names a session that there is not
     */
    Caller of(HttpServletRequest request, LlmRequest chat) {
        String client = client(request);
        Optional<StreamingSession> session = Optional.ofNullable(request.getHeader(SESSION_HEADER))
                .map(id -> session(id, client));
        StreamOwner said = new StreamOwner(client, chat.user(),
                Optional.ofNullable(request.getHeader(PROJECT_HEADER)).filter(project -> !project.isBlank()));
        return new Caller(session.map(StreamingSession::owner).map(owner -> merged(owner, said)).orElse(said), session);
    }

    private static StreamOwner merged(StreamOwner session, StreamOwner said) {
        return new StreamOwner(session.client(), session.user().or(said::user), session.project().or(said::project));
    }

    /** @throws LlmException with {@code NotFound} if there is none of this id for this client */
    StreamingSession session(String id, String client) {
        return manager.session(id, client).orElseThrow(() -> new LlmException(new Failure.NotFound(
                "there is no session '" + HeaderText.clean(id) + "'; it may have expired", "session_not_found")));
    }
}
