package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.StreamHead;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.Config;

/**
 * A provider without a model, for trying everything out with no key and no network. Its models name what they do; {@code
 * demo} calls the first tool that a request offers, and answers in words once it has a result.
 */
@ApplicationScoped
public class DemoProvider implements LlmProvider {

    public static final String NAME = "demo";
    static final String SPEED_KEY = "llm.provider.demo.tokens-per-second";

    private static final int DEFAULT_SPEED = 50;
    private static final int MAX_SPEED = 1_000_000;

    private final Config config;
    private Duration interval;

    /** For the proxy. */
    protected DemoProvider() {
        this(null);
    }

    @Inject
    public DemoProvider(Config config) {
        this.config = config;
    }

    @PostConstruct
    void configure() {
        String value = config.getOptionalValue(SPEED_KEY, String.class).orElse(Integer.toString(DEFAULT_SPEED)).strip();
        if (!value.matches("[1-9]\\d{0,6}") || Integer.parseInt(value) > MAX_SPEED) {
            throw new IllegalArgumentException(SPEED_KEY + " must be a whole number from 1 to " + MAX_SPEED + ", was '"
                    + value + "'");
        }
        interval = Duration.ofNanos(1_000_000_000L / Integer.parseInt(value));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> models() {
        return DemoScript.MODELS;
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        call.nextAttempt();
        DemoScript script = DemoScript.of(call.model(), call.request());
        StreamHead head = new StreamHead("chatcmpl-demo-" + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(), call.model(), NAME);
        DemoStream stream = new DemoStream(head, script, interval, call.cancellation());
        stream.awaitFirstToken();
        return stream;
    }
}
