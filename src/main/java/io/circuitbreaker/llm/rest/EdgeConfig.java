package io.circuitbreaker.llm.rest;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** What the edge takes from its clients: who may call, and how much they may send. Read once, at the start. */
@ApplicationScoped
public class EdgeConfig {

    public static final List<String> KEYS =
            List.of("llm.client-keys", "llm.request.max-body-size", "llm.request.max-messages");

    static final String MAX_BODY_SIZE = "llm.request.max-body-size";
    static final String MAX_MESSAGES = "llm.request.max-messages";

    private static final int DEFAULT_MAX_BODY_SIZE = 32 * 1024 * 1024;
    private static final int DEFAULT_MAX_MESSAGES = 4096;

    private final Config source;
    private ClientKeys clientKeys;
    private int maxBodySize;
    private int maxMessages;

    /** For the proxy. */
    protected EdgeConfig() {
        this(null);
    }

    @Inject
    public EdgeConfig(Config source) {
        this.source = source;
    }

    @PostConstruct
    void read() {
        clientKeys = ClientKeys.parse(source.getOptionalValue(ClientKeys.KEY, String.class).orElse(""));
        maxBodySize = positive(MAX_BODY_SIZE, DEFAULT_MAX_BODY_SIZE);
        maxMessages = positive(MAX_MESSAGES, DEFAULT_MAX_MESSAGES);
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
    int maxBodySize() {
        return maxBodySize;
    }

    int maxMessages() {
        return maxMessages;
    }
}
