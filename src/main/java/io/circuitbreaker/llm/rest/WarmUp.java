package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.config.DurationRange;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Rehearsal;
import io.circuitbreaker.llm.provider.Rehearsals;
import io.circuitbreaker.llm.provider.SelfCall;
import io.circuitbreaker.llm.provider.UpstreamClient;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;

/**
 * Asks the server for streams when it has started, as clients would, and has them answered by providers of its own: that
 * compiles what streams run through, from the server's socket to a provider's and back, which the first users would have to
 * wait for otherwise. In the background, until the compiler has little left to do, for a limited time. It makes way for real
 * streams and is not counted among them: its figures have names of their own and go with it. Its requests are known by a
 * secret that nobody else has.
 */
@Unproxied
public class WarmUp {

    public static final String KEY = "llm.warm-up";

    static final String HEADER = "X-LLM-Warm-Up";

    private static final Logger LOG = Logger.getLogger(WarmUp.class.getName());
    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(2);
    static final DurationRange LIMITS = new DurationRange(Duration.ZERO, Duration.ofHours(1), "PT2M");
    /** What each stream calls once is compiled for good after some thousands, and a language has only its share of them. */
    private static final int ENOUGH = 20_000;
    /** Where real streams come, more may follow, and somebody may be about to measure them. */
    private static final Duration RETREAT = Duration.ofSeconds(30);
    private static final String NAME = "llm-warm-up";
    private static final String FIGURES = "warm_up";
    private static final int AT_ONCE = 4;
    private static final long PAUSE_IN_MILLIS = 50;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private record Performance(byte[] secret, Exchanges exchanges) {
    }

    private final Config config;
    private final UpstreamClient client;
    private final Rehearsals rehearsals;
    private final StreamingManager manager;
    private final StreamingMetrics metrics;
    private final Exchanges exchanges;
    private final CompilerActivity compiler = CompilerActivity.here();
    private final AtomicInteger played = new AtomicInteger();
    private volatile long awayUntil = System.nanoTime();
    private volatile boolean stopped;
    private volatile Performance performance;
    private volatile Optional<Thread> running = Optional.empty();

    @Inject
    public WarmUp(Config config, UpstreamClient client, Rehearsals rehearsals, StreamingManager manager,
                  StreamingMetrics metrics, Exchanges exchanges) {
        this.config = config;
        this.client = client;
        this.rehearsals = rehearsals;
        this.manager = manager;
        this.metrics = metrics;
        this.exchanges = exchanges;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) ServletContext context) {
        Duration limit = config.getOptionalValue(KEY, String.class).map(value -> LIMITS.parse(KEY, value))
                .orElse(DEFAULT_LIMIT);
        String path = context.getContextPath() + ChatCompletionsServlet.PATH;
        if (limit.isPositive()) {
            running = Optional.of(Thread.ofPlatform().daemon().name(NAME).start(() -> run(path, limit)));
        }
    }

    /** Waits for it: it uses what is about to go. */
    @PreDestroy
    void stop() {
        stopped = true;
        try {
            if (running.isPresent() && !running.get().join(STOP_PATIENCE)) {
                LOG.warning("the warm-up did not end within " + STOP_PATIENCE.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who answers a request of the warm-up; empty if it is somebody else's. */
    Optional<Exchanges> of(HttpServletRequest request) {
        Performance now = performance;
        String secret = now == null ? null : request.getHeader(HEADER);
        return secret != null && MessageDigest.isEqual(secret.getBytes(US_ASCII), now.secret)
                ? Optional.of(now.exchanges) : Optional.empty();
    }

    private void run(String path, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        StreamingMetrics figures = metrics.apart(FIGURES);
        try {
            List<LlmProvider> stage = rehearsals.begin();
            String secret = UUID.randomUUID().toString();
            performance = new Performance(secret.getBytes(US_ASCII),
                    exchanges.apart(LlmRouter.over(Set.copyOf(stage)), figures));
            String server = OwnAddress.find()
                    .orElseThrow(() -> new IOException("this server does not tell where it listens"));
            String url = server + path;
            SelfCall keeping = new SelfCall(client, url, Map.of(HEADER, secret));
            SelfCall closing = new SelfCall(client, url, Map.of(HEADER, secret, "Connection", "close"));
            SelfCall unpacking = new SelfCall(client, url, Map.of(HEADER, secret, "Accept-Encoding", "gzip, deflate, br"));
            play(List.of(closing, keeping, unpacking, keeping), stage, end);
            LOG.info(() -> "the router has warmed up with " + played + " streams to itself" + (compiler.isAtRest() ? ""
                    : "; the compiler is not at rest yet"));
        } catch (IOException e) {
            LOG.log(Level.INFO, "the router starts cold: {0}", e.getMessage());
        } finally {
            performance = null;
            rehearsals.end();
            figures.drop();
        }
    }

    /**
     * All languages at a time: what the compiler has made of one alone, it would have to make anew for the next, then and
     * whenever a server with several providers gets to the second.
     */
    private void play(List<SelfCall> calls, List<LlmProvider> stage, long end) {
        List<String> requests = stage.stream().map(provider -> request(provider.name())).toList();
        // Not virtual ones: of these too many that load classes at once stop each other for good, see ColdStart.
        try (ExecutorService players = Executors.newFixedThreadPool(AT_ONCE,
                Thread.ofPlatform().daemon().name(NAME).factory())) {
            for (int i = 0; i < AT_ONCE; i++) {
                players.execute(() -> playInTurn(calls, requests, end));
            }
        }
    }

    private static String request(String provider) {
        return Json.createObjectBuilder().add("model", provider + "/" + Rehearsal.MODEL).add("stream", true)
                .add("messages", Json.createArrayBuilder().add(Json.createObjectBuilder().add("role", "user")
                        .add("content", "Say something"))).build().toString();
    }

    /** Each call is made with every request before the next is taken: all languages meet all calls. */
    private void playInTurn(List<SelfCall> calls, List<String> requests, long until) {
        try {
            for (int i = 0; !isOver(until); i++) {
                SelfCall call = calls.get(i / requests.size() % calls.size());
                if (isAway() || !playOne(call, requests.get(i % requests.size()))) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_IN_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOver(long until) {
        return stopped || System.nanoTime() - until >= 0 || played.get() >= ENOUGH && compiler.isAtRest();
    }

    private boolean isAway() {
        long now = System.nanoTime();
        if (manager.activeStreams() > 0) {
            awayUntil = now + RETREAT.toNanos();
        }
        boolean away = now - awayUntil < 0;
        if (away) {
            compiler.restart();
        }
        return away;
    }

    /** Whether it was answered; the server may not have started yet. */
    private boolean playOne(SelfCall call, String request) {
        try {
            boolean answered = call.post(request) == HttpServletResponse.SC_OK;
            if (answered) {
                played.incrementAndGet();
            }
            return answered;
        } catch (IOException e) {
            LOG.log(Level.FINE, "a stream of the warm-up failed", e);
            return false;
        }
    }
}
