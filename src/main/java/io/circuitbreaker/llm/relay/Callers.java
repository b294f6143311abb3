package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import jakarta.inject.Inject;
import java.util.Optional;

/** On whose behalf a request comes. Thread-safe. */
@Unproxied
public class Callers {

    private final StreamingManager manager;

    @Inject
    public Callers(StreamingManager manager) {
        this.manager = manager;
    }

    /**
     * The user and project of its session count, for a request that has one, and then what it says of itself.
     *
     * @param client the name of the caller's key; empty where no keys are configured
     */
    public StreamOwner owner(String client, LlmRequest request, Optional<String> project,
                             Optional<StreamingSession> session) {
        Optional<StreamOwner> owner = session.map(StreamingSession::owner);
        return new StreamOwner(client, owner.flatMap(StreamOwner::user).or(request::user),
                owner.flatMap(StreamOwner::project).or(() -> project.filter(name -> !name.isBlank())));
    }

    /** @throws LlmException with {@code NotFound} if there is none of this id for this client */
    public StreamingSession session(String id, String client) {
        return manager.session(id, client).orElseThrow(() -> new LlmException(
                new Failure.NotFound("there is no session of this id; it may have expired", "session_not_found")));
    }
}
