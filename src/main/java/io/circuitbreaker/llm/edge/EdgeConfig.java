package io.circuitbreaker.llm.edge;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.config.DurationRange;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** What the edge takes from its clients: who may call, and how much they may send. Read once, at the start. */
@Unproxied
public class EdgeConfig {

    public static final List<String> KEYS =
            List.of("llm.client-keys", "llm.request.max-body-size", "llm.request.max-messages", Origins.KEY,
                    "llm.websocket.max-message-size", "llm.websocket.idle-timeout");

    static final String MAX_BODY_SIZE = "llm.request.max-body-size";
    static final String MAX_MESSAGES = "llm.request.max-messages";

    static final String MAX_MESSAGE_SIZE = "llm.websocket.max-message-size";
    static final String IDLE_TIMEOUT = "llm.websocket.idle-timeout";

    private static final int DEFAULT_MAX_BODY_SIZE = 32 * 1024 * 1024;
    private static final int DEFAULT_MAX_MESSAGES = 4096;
    private static final int DEFAULT_MAX_MESSAGE_SIZE = 1024 * 1024;
    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(5);
    private static final DurationRange IDLE_TIMEOUTS =
            new DurationRange(Duration.ofSeconds(1), Duration.ofDays(1), "PT5M");

    private final Config source;
    private final ClientKeys clientKeys;
    private final int maxBodySize;
    private final int maxMessages;
    private final Origins origins;
    private final int maxMessageSize;
    private final Duration idleTimeout;

    @Inject
    public EdgeConfig(Config source) {
        this.source = source;
        clientKeys = ClientKeys.parse(source.getOptionalValue(ClientKeys.KEY, String.class).orElse(""));
        maxBodySize = positive(MAX_BODY_SIZE, DEFAULT_MAX_BODY_SIZE);
        maxMessages = positive(MAX_MESSAGES, DEFAULT_MAX_MESSAGES);
        origins = Origins.parse(source.getOptionalValue(Origins.KEY, String.class).orElse(""));
        maxMessageSize = positive(MAX_MESSAGE_SIZE, DEFAULT_MAX_MESSAGE_SIZE);
        idleTimeout = source.getOptionalValue(IDLE_TIMEOUT, String.class)
                .map(value -> IDLE_TIMEOUTS.parse(IDLE_TIMEOUT, value)).orElse(DEFAULT_IDLE_TIMEOUT);
    }

    /** Makes a bad value stop the application, not its first request. */
    void check(@Observes Startup startup) {
        clientKeys();
    }

    private int positive(String key, int otherwise) {
        String value = source.getOptionalValue(key, String.class).orElse(Integer.toString(otherwise)).strip();
        if (!value.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(key + " must be a whole number from 1 to 999999999, was '" + value + "'");
        }
        return Integer.parseInt(value);
    }

    ClientKeys clientKeys() {
        return clientKeys;
    }

    /** In bytes. */
    public int maxBodySize() {
        return maxBodySize;
    }

    public int maxMessages() {
        return maxMessages;
    }

    /** From which pages browsers may call. */
    public Origins origins() {
        return origins;
    }

    /** Of a WebSocket's message, in characters. */
    public int maxMessageSize() {
        return maxMessageSize;
    }

    /** How long a WebSocket may be without a message from its client. */
    public Duration idleTimeout() {
        return idleTimeout;
    }
}
