package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.ErrorEvents;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.MemoryStreamStore;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.ReplayConfig;
import io.circuitbreaker.llm.session.StoreState;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamStore;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Keeps streams where every server finds them. This server's own are in its memory as well, and read from there. Redis may
 * come later than the server and may go: then streams are kept as they are without it. Thread-safe.
 */
@ApplicationScoped
public class RedisStreamStore implements StreamStore {

    public static final String NAME = "redis";

    private static final String ANY_ID = "[A-Za-z0-9_-]{1,80}";
    private static final Duration SHORTEST = Duration.ofSeconds(10);

    private final StreamingManager manager;
    private final MemoryStreamStore local;
    private final ErrorEvents errors;
    private final Pace pace;
    private RedisLink link;
    private StoredStreams stored;
    private Node node;
    private Mirror mirror;

    /** For the proxy. */
    protected RedisStreamStore() {
        this(null, null, null);
    }

    @Inject
    public RedisStreamStore(StreamingManager manager, MemoryStreamStore local, ErrorEvents errors) {
        this(manager, local, errors, Pace.DEFAULT);
    }

    RedisStreamStore(StreamingManager manager, MemoryStreamStore local, ErrorEvents errors, Pace pace) {
        this.manager = manager;
        this.local = local;
        this.errors = errors;
        this.pace = pace;
    }

    /** Where another store is configured, nothing is started. */
    @PostConstruct
    void start() {
        ReplayConfig config = manager.config().replay();
        if (!config.store().equals(NAME)) {
            return;
        }
        link = new RedisLink(config.redis());
        stored = new StoredStreams(link, pace, errors, keep(config.grace()));
        node = new Node(stored, local::find);
        mirror = new Mirror(link, node, pace, config.storeSize());
        mirror.start();
    }

    @PreDestroy
    void stop() {
        if (mirror != null) {
            mirror.stop();
            link.close();
        }
    }

    private Duration keep(Duration grace) {
        Duration keep = grace.plus(manager.config().replay().retention());
        return keep.compareTo(SHORTEST) < 0 ? SHORTEST : keep;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public LiveStream open(StreamInfo info, Duration grace, Consumer<Failure> cancel) {
        LiveStream stream = local.open(info, grace, cancel);
        mirror.add(stream, keep(grace));
        return stream;
    }

    @Override
    public Optional<ReadableStream> find(String id) {
        return local.find(id).or(() -> id.matches(ANY_ID) ? findElsewhere(id) : Optional.empty());
    }

    private Optional<ReadableStream> findElsewhere(String id) {
        try {
            return stored.look(id, 0).map(found -> new RemoteStream(found.info(), stored, node));
        } catch (JedisException e) {
            throw RemoteStream.unavailable(e);
        }
    }

    @Override
    public StoreState state() {
        return new StoreState(NAME, mirror.isReachable(), mirror.waiting(), mirror.givenUp());
    }

    @Override
    public void sweep() {
        local.sweep();
    }
}
