package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * A provider that server.env or fault-router.properties names, and the fake one behind it. Its replies are chosen by
 * model and each test has models of its own, so tests may run side by side and need not clean up.
 */
enum Fake {

    OPENAI(Wire.OPENAI, 19100),
    ANTHROPIC(Wire.ANTHROPIC, 19101),
    GOOGLE(Wire.GOOGLE, 19102),
    /** Its first token may take 1 s, the next ones 1 s each, the whole 3 s. */
    IMPATIENT(Wire.OPENAI, 19103),
    STALE(Wire.OPENAI, 19104),
    BROKEN(Wire.OPENAI, 19105),
    /** Behind https, with a certificate that the server was told to trust; for localhost, and not for 127.0.0.1. */
    TRUSTED(Wire.OPENAI, 19106, Certificates.of("trusted")),
    /** Behind https, with a certificate that nobody vouches for. */
    STRANGER(Wire.OPENAI, 19107, Certificates.of("stranger")),
    /** Takes one stream, and one request may wait for it for longer than any test takes. */
    NARROW(Wire.OPENAI, 19120),
    /** Takes one stream; others may wait for it for 0.2 s. */
    HASTY(Wire.OPENAI, 19121),
    /** Is probed each second. */
    PROBED(Wire.ANTHROPIC, 19122),

    /** Of {@link PatientRouter}: the first token may take 1 s, the next ones 1 s each. */
    FAULT_OPENAI(Wire.OPENAI, 19110),
    FAULT_ANTHROPIC(Wire.ANTHROPIC, 19111),
    FAULT_GOOGLE(Wire.GOOGLE, 19112),
    SPARE_OPENAI(Wire.OPENAI, 19113),
    SPARE_ANTHROPIC(Wire.ANTHROPIC, 19114),
    SPARE_GOOGLE(Wire.GOOGLE, 19115),
    LIMPING(Wire.OPENAI, 19116);

    /** The providers that speak one language each, without special settings. */
    static final List<Fake> VENDORS = List.of(OPENAI, ANTHROPIC, GOOGLE);
    /** Those of {@link PatientRouter} that its routes ask first, one for each language. */
    static final List<Fake> FAULTY = List.of(FAULT_OPENAI, FAULT_ANTHROPIC, FAULT_GOOGLE);
    /** Those that its routes ask next. */
    static final List<Fake> SPARE = List.of(SPARE_OPENAI, SPARE_ANTHROPIC, SPARE_GOOGLE);

    private static final Pattern GOOGLE_PATH = Pattern.compile(".*/models/([^:]+):.*");
    private static final AtomicInteger MODELS = new AtomicInteger();

    private final Wire wire;
    private final ServerSocketFactory sockets;
    private volatile FakeProvider provider;
    /** Its list of models, for which probes ask. */
    volatile FakeReply modelList = FakeReply.status(200).body("application/json", "{}");
    private final Map<String, Function<ReceivedRequest, FakeReply>> replies = new ConcurrentHashMap<>();
    private final Map<String, Queue<ReceivedRequest>> requests = new ConcurrentHashMap<>();
    private final AtomicInteger askedSinceSettled = new AtomicInteger();

    Fake(Wire wire, int port) {
        this(wire, port, ServerSocketFactory.getDefault());
    }

    Fake(Wire wire, int port, ServerSocketFactory sockets) {
        this.wire = wire;
        this.sockets = sockets;
        this.provider = start(port);
    }

    private FakeProvider start(int port) {
        return FakeProvider.startOn(port, sockets).replyWith(this::next);
    }

    /** Its process ends, with all its connections, and another takes its place at the same port. */
    void restart() {
        int port = provider.port();
        provider.close();
        provider = start(port);
    }

    Wire wire() {
        return wire;
    }

    FakeProvider provider() {
        return provider;
    }

    /** The provider's name in the router's configuration. */
    String configuredName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Makes a model that replies with these in turn, and again and again with the last.
     *
     * @return its name for the router's clients
     */
    String serving(FakeReply... next) {
        return servingAs(newModel(), next);
    }

    static String newModel() {
        return "model-" + MODELS.incrementAndGet();
    }

    /** The same for a model that a route names. What it was asked before is forgotten. */
    String servingAs(String model, FakeReply... next) {
        return servingAs(model, inTurn(next));
    }

    /** The same, with a reply that depends on the request. */
    String servingAs(String model, Function<ReceivedRequest, FakeReply> next) {
        requests.put(model, new ConcurrentLinkedQueue<>());
        replies.put(model, next);
        return configuredName() + "/" + model;
    }

    private static Function<ReceivedRequest, FakeReply> inTurn(FakeReply... next) {
        Queue<FakeReply> queue = new ConcurrentLinkedQueue<>(List.of(next));
        return _ -> {
            synchronized (queue) {
                return queue.size() > 1 ? queue.remove() : queue.element();
            }
        };
    }

    /** @param servedModel as {@link #serving} returned it */
    List<ReceivedRequest> requests(String servedModel) {
        return List.copyOf(requests.get(servedModel.substring(servedModel.indexOf('/') + 1)));
    }

    private static boolean isProbe(ReceivedRequest request) {
        return request.method().equals("GET");
    }

    /** The breaker looks at the last 20 answers: after these, failures of another test count for nothing. */
    void settleBreaker() {
        if (askedSinceSettled.get() == 0) {
            return;
        }
        String model = serving(wire.answer("fine"));
        for (int i = 0; i < 20; i++) {
            Router.post(Router.unary(model));
        }
        askedSinceSettled.set(0);
    }

    /** Waits until no reply is in progress. */
    void awaitQuiet() {
        provider.awaitActiveStreams(0, Duration.ofSeconds(10));
    }

    private FakeReply next(ReceivedRequest request) {
        if (isProbe(request)) {
            return modelList;
        }
        askedSinceSettled.incrementAndGet();
        String model = model(request);
        requests.get(model).add(request);
        return replies.get(model).apply(request);
    }

    private static String model(ReceivedRequest request) {
        Matcher path = GOOGLE_PATH.matcher(request.target());
        return path.matches() ? path.group(1) : request.json().getString("model");
    }
}
