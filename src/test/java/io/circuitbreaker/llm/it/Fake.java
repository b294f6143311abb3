package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * A provider that server.env names and the fake one behind it. Its replies are chosen by model and each test has models
 * of its own, so tests may run side by side and need not clean up.
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
    STRANGER(Wire.OPENAI, 19107, Certificates.of("stranger"));

    /** The providers that speak one language each, without special settings. */
    static final List<Fake> VENDORS = List.of(OPENAI, ANTHROPIC, GOOGLE);

    private static final Pattern GOOGLE_PATH = Pattern.compile(".*/models/([^:]+):.*");
    private static final AtomicInteger MODELS = new AtomicInteger();

    private final Wire wire;
    private final FakeProvider provider;
    private final Map<String, Queue<FakeReply>> replies = new ConcurrentHashMap<>();

    Fake(Wire wire, int port) {
        this(wire, port, ServerSocketFactory.getDefault());
    }

    Fake(Wire wire, int port, ServerSocketFactory sockets) {
        this.wire = wire;
        this.provider = FakeProvider.startOn(port, sockets).replyWith(this::next);
    }

    Wire wire() {
        return wire;
    }

    FakeProvider provider() {
        return provider;
    }

    /** The provider's name in the router's configuration. */
    String configuredName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * Makes a model that replies with these in turn, and again and again with the last.
     *
     * @return its name for the router's clients
     */
    String serving(FakeReply... next) {
        String model = "model-" + MODELS.incrementAndGet();
        replies.put(model, new ConcurrentLinkedQueue<>(List.of(next)));
        return configuredName() + "/" + model;
    }

    /** @param servedModel as {@link #serving} returned it */
    List<ReceivedRequest> requests(String servedModel) {
        String model = servedModel.substring(servedModel.indexOf('/') + 1);
        return provider.requests().stream().filter(request -> model(request).equals(model)).toList();
    }

    /** The breaker looks at the last 20 answers: after these, failures of another test count for nothing. */
    void settleBreaker() {
        String model = serving(wire.answer("fine"));
        for (int i = 0; i < 20; i++) {
            Router.post(Router.unary(model));
        }
    }

    /** Waits until no reply is in progress. */
    void awaitQuiet() {
        provider.awaitActiveStreams(0, Duration.ofSeconds(10));
    }

    private FakeReply next(ReceivedRequest request) {
        Queue<FakeReply> queue = replies.get(model(request));
        synchronized (queue) {
            return queue.size() > 1 ? queue.remove() : queue.element();
        }
    }

    private static String model(ReceivedRequest request) {
        Matcher path = GOOGLE_PATH.matcher(request.target());
        return path.matches() ? path.group(1) : request.json().getString("model");
    }
}
