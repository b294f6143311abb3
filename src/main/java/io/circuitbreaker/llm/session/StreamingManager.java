package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;

/** Admits streams up to the limit, and ends those that are left when the server stops. Thread-safe. */
@ApplicationScoped
public class StreamingManager {

    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Config source;
    private final Set<StreamingSession> sessions = ConcurrentHashMap.newKeySet();
    private StreamingConfig config;
    private Semaphore places;

    /** For the proxy. */
    protected StreamingManager() {
        this.source = null;
    }

    @Inject
    public StreamingManager(Config source) {
        this.source = source;
    }

    /** Without a container. */
    StreamingManager(StreamingConfig config) {
        this.source = null;
        use(config);
    }

    @PostConstruct
    void configure() {
        use(StreamingConfig.load(source));
    }

    private void use(StreamingConfig settings) {
        config = settings;
        places = new Semaphore(settings.maxConcurrentStreams());
    }

    /** Makes a bad value stop the application, not its first request. */
    void check(@Observes Startup startup) {
        config();
    }

    public StreamingConfig config() {
        return config;
    }

    /**
     * Takes a place for a stream.
     *
     * @param cancel ends the stream from any thread
     * @return the session; close it when the stream has ended, whichever way
     * @throws LlmException with {@code LimitReached} if all places are taken
     */
    public StreamingSession open(Consumer<Failure> cancel) {
        if (!places.tryAcquire()) {
            throw new LlmException(new Failure.LimitReached("the server has its limit of "
                    + config.maxConcurrentStreams() + " concurrent streams (" + StreamingConfig.MAX_CONCURRENT_STREAMS + ")",
                    StreamingConfig.MAX_CONCURRENT_STREAMS, Optional.of(TRY_AGAIN)));
        }
        StreamingSession session = new StreamingSession("req_" + UUID.randomUUID().toString().replace("-", ""),
                Instant.now(), cancel, this::closed);
        sessions.add(session);
        return session;
    }

    private void closed(StreamingSession session) {
        sessions.remove(session);
        places.release();
    }

    /** Streams that are open now. */
    public int activeStreams() {
        return sessions.size();
    }

    @PreDestroy
    void endAll() {
        sessions.forEach(session -> session.cancel(new Failure.Cancelled("the server is shutting down")));
    }
}
