package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;

/**
 * Admits streams within the limits, keeps the sessions that they belong to, and ends them all when it is told to.
 * Thread-safe.
 */
@Unproxied
public class StreamingManager {

    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
    /** A client that takes nothing does not hold up the server for longer. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final String SHUTTING_DOWN = "the server is shutting down";
    private static final Logger LOG = Logger.getLogger(StreamingManager.class.getName());

    private final LongSupplier nanoTime;
    private final Map<String, StreamingSession> sessions = new ConcurrentHashMap<>();
    private final Set<StreamPlace> streams = ConcurrentHashMap.newKeySet();
    private final StreamingConfig config;
    private final Places places;
    // guarded by streams
    private boolean stopping;

    @Inject
    public StreamingManager(Config source) {
        this(StreamingConfig.load(source));
    }

    /** Apart from the server's own. */
    public StreamingManager(StreamingConfig config) {
        this(config, System::nanoTime);
    }

    /** Without a container. */
    StreamingManager(StreamingConfig config, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.places = new Places(config.limits());
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
     * @return the place; close it when the stream has ended, whichever way
     * @throws LlmException with {@code LimitReached} if all places are taken, of all, of the user or of the project; with
     *                      {@code NotFound} if the session has ended
     */
    public StreamPlace open(StreamOwner owner, Optional<StreamingSession> session, Consumer<Failure> cancel) {
        places.take(owner).ifPresent(reached -> {
            throw new LlmException(new Failure.LimitReached(reached.message(), reached.key(), Optional.of(TRY_AGAIN)));
        });
        StreamPlace place = new StreamPlace("req_" + id(), owner, session, cancel, this::closed);
        if (!add(place)) {
            place.close();
            throw new LlmException(new Failure.Cancelled(SHUTTING_DOWN));
        }
        if (session.isPresent() && !session.get().add(place)) {
            place.close();
            throw new LlmException(new Failure.NotFound("session " + session.get().id() + " has ended", "session_not_found"));
        }
        return place;
    }

    /** Whoever is not seen by the one who ends all sees that it is too late. */
    private boolean add(StreamPlace place) {
        synchronized (streams) {
            return !stopping && streams.add(place);
        }
    }

    private void closed(StreamPlace place) {
        remove(place);
        place.session().ifPresent(session -> session.remove(place));
        places.giveBack(place.owner());
    }

    /** Streams that are open now. */
    public int activeStreams() {
        return streams.size();
    }

    /** @throws LlmException with {@code LimitReached} if there are too many */
    public StreamingSession createSession(StreamProtocol protocol, StreamOwner owner) {
        if (sessions.size() >= config.sessions().max()) {
            throw new LlmException(new Failure.LimitReached("the server has its limit of " + config.sessions().max()
                    + " sessions (" + StreamingConfig.MAX_SESSIONS + ")", StreamingConfig.MAX_SESSIONS,
                    Optional.of(TRY_AGAIN)));
        }
        StreamingSession session = new StreamingSession("sess_" + id(), protocol, owner, Instant.now(), nanoTime);
        sessions.put(session.id(), session);
        return session;
    }

    /** The sessions of a client, the oldest first. */
    public List<StreamingSession> sessions(String client) {
        return sessions.values().stream().filter(session -> session.owner().belongsTo(client))
                .sorted(Comparator.comparing(StreamingSession::startedAt)).toList();
    }

    /** Empty if it has ended or is another client's, which must not tell the two apart. */
    public Optional<StreamingSession> session(String id, String client) {
        return Optional.ofNullable(sessions.get(id)).filter(session -> session.owner().belongsTo(client));
    }

    public int activeSessions() {
        return sessions.size();
    }

    /** Ends a session and its streams. Does nothing if it has ended. */
    public void close(StreamingSession session) {
        end(session, new Failure.Cancelled("session " + session.id() + " was closed"));
    }

    private void end(StreamingSession session, Failure reason) {
        if (sessions.remove(session.id(), session)) {
            session.close(reason);
        }
    }

    /** Ends the sessions of which nothing has moved for the session timeout. */
    void expire() {
        for (StreamingSession session : sessions.values()) {
            if (session.idle().compareTo(config.sessions().timeout()) >= 0) {
                end(session, new Failure.Cancelled("session " + session.id() + " expired: nothing of it moved for "
                        + config.sessions().timeout() + " (" + StreamingConfig.PREFIX + "session-timeout)"));
            }
        }
    }

    private static String id() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private void remove(StreamPlace place) {
        streams.remove(place);
        synchronized (streams) {
            streams.notifyAll();
        }
    }

    /**
     * Ends all streams that are left after {@code grace}, takes no more, and waits a little for their ends to be told.
     * Blocks; returns at once where there are none.
     */
    void endAll(Duration grace) throws InterruptedException {
        awaitNone(grace);
        synchronized (streams) {
            stopping = true;
        }
        streams.forEach(place -> place.cancel(new Failure.Cancelled(SHUTTING_DOWN)));
        awaitNone(STOP_PATIENCE);
        if (!streams.isEmpty()) {
            LOG.warning(() -> streams.size() + " streams did not end within " + STOP_PATIENCE.toMillis() + " ms");
        }
    }

    private void awaitNone(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        synchronized (streams) {
            for (long left = time.toNanos(); !streams.isEmpty() && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(streams, left);
            }
        }
    }
}
