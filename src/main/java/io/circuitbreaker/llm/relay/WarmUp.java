package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.provider.Rehearsal;
import io.circuitbreaker.llm.provider.UpstreamClient;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.RoutedStream;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;

/**
 * Plays streams through the router to nobody, from a provider of its own, when the server has started: it compiles what
 * streams run through, which the first users would have to wait for otherwise. In the background, for a limited time.
 */
@ApplicationScoped
public class WarmUp {

    public static final String KEY = "llm.warm-up";

    private static final Logger LOG = Logger.getLogger(WarmUp.class.getName());
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(4);
    private static final int AT_ONCE = 8;
    private static final JsonObject REQUEST = Json.createObjectBuilder().add("model", "example").add("stream", true)
            .add("messages", Json.createArrayBuilder().add(Json.createObjectBuilder().add("role", "user")
                    .add("content", "Say something"))).build();

    private final Duration limit;
    private final Instance<Dialect> dialects;
    private final ClientDialect clients;
    private final UpstreamClient client;
    private final Watchdog watchdog;
    private final StreamWorkers workers;
    private final AtomicInteger played = new AtomicInteger();
    private volatile boolean stopped;

    /** For the proxy. */
    protected WarmUp() {
        this(Duration.ZERO, null, null, null, null, null);
    }

    @Inject
    public WarmUp(Config config, @Any Instance<Dialect> dialects, ClientDialect clients, UpstreamClient client,
                  Watchdog watchdog, StreamWorkers workers) {
        this(config.getOptionalValue(KEY, Duration.class).orElse(DEFAULT_LIMIT), dialects, clients, client, watchdog,
                workers);
    }

    /** @param limit for how long; zero switches it off */
    WarmUp(Duration limit, Instance<Dialect> dialects, ClientDialect clients, UpstreamClient client, Watchdog watchdog,
           StreamWorkers workers) {
        this.limit = limit;
        this.dialects = dialects;
        this.clients = clients;
        this.client = client;
        this.watchdog = watchdog;
        this.workers = workers;
    }

    void start(@Observes Startup startup) {
        if (limit.isPositive()) {
            List<Dialect> all = dialects.stream().toList();
            Thread.ofPlatform().daemon().name("llm-warm-up").start(() -> run(all));
        }
    }

    @PreDestroy
    void stop() {
        stopped = true;
    }

    /** Returns how many streams were played to their end. */
    int run(List<Dialect> languages) {
        long end = System.nanoTime() + limit.toNanos();
        while (!stopped && System.nanoTime() - end < 0) {
            for (Dialect language : languages) {
                play(language, System.nanoTime() + limit.dividedBy(20).toNanos());
            }
        }
        LOG.fine(() -> "the router has warmed up with " + played + " streams");
        return played.get();
    }

    private void play(Dialect language, long until) {
        try (Rehearsal rehearsal = new Rehearsal(language, client, watchdog);
             ExecutorService players = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                players.execute(() -> play(rehearsal, until));
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "the router could not warm up", e);
        }
    }

    private void play(Rehearsal rehearsal, long until) {
        try {
            while (!stopped && System.nanoTime() - until < 0) {
                LlmRequest request = clients.readRequest(REQUEST);
                new Play(rehearsal.open(request), new EventOutlet(request, clients, new Nobody())).run();
                played.incrementAndGet();
            }
        } catch (LlmException e) {
            LOG.log(Level.FINE, "a stream of the warm-up failed", e);
        }
    }

    /** One stream, to its end. */
    private final class Play implements Pump.Host {

        private final ChunkStream stream;
        private final Outlet outlet;
        private final Semaphore goesOn = new Semaphore(0);

        Play(ChunkStream stream, Outlet outlet) {
            this.stream = stream;
            this.outlet = outlet;
        }

        void run() {
            try (stream) {
                outlet.begin(new RoutedStream(stream, "rehearsal", "example", 1, Optional.empty()));
                Pump pump = new Pump(stream, outlet, workers, this);
                while (!pump.pump()) {
                    goesOn.acquireUninterruptibly();
                }
                outlet.complete();
            }
        }

        @Override
        public void atRest() {
            // Nobody has a session.
        }

        @Override
        public void goOn(Pump pump) {
            goesOn.release();
        }

        @Override
        public void conclude(Optional<RuntimeException> failed) {
            // Nobody is slow.
        }
    }

    private static final class Nobody implements Delivery {

        @Override
        public void begin(RoutedStream answer) {
        }

        @Override
        public void event(long id, String data) {
        }

        @Override
        public void flush() {
        }

        @Override
        public void heartbeat() {
        }

        @Override
        public void end() {
        }

        @Override
        public void fail(LlmException why, long id, String data) {
        }
    }
}
