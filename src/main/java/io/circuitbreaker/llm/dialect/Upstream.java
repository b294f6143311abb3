package io.circuitbreaker.llm.dialect;

import java.util.Map;
import java.util.Optional;

/**
 * Where a request goes.
 *
 * @param model        the model in the provider's own name
 * @param apiKeyHeader the header that takes the key, where it is not the dialect's own; empty if it is
 * @param streamUsage  whether it is asked for usage
 * @param prefill      how it takes the beginning of its own answer, where configuration says so
 * @param streams      false if it {@linkplain Dialect#refusesStreams refused} to stream
 */
public record Upstream(String provider, String model, ApiKey apiKey, String apiKeyHeader, StreamUsage streamUsage,
                       Optional<PrefillForm> prefill, boolean streams) {

    private static final String AUTHORIZATION = "authorization";

    /** Without settings of its own. */
    public Upstream(String provider, String model, ApiKey apiKey, String apiKeyHeader) {
        this(provider, model, apiKey, apiKeyHeader, StreamUsage.ALWAYS, Optional.empty(), true);
    }

    public Upstream withoutStreams() {
        return new Upstream(provider, model, apiKey, apiKeyHeader, streamUsage, prefill, false);
    }

    /**
     * The header with the key; none if there is no key. {@code Authorization} takes it as a bearer token, any other as it
     * is.
     *
     * @param dialectsOwn the header of the dialect, used where configuration names none
     */
    public Map<String, String> keyHeader(String dialectsOwn) {
        if (!apiKey.isPresent()) {
            return Map.of();
        }
        String header = apiKeyHeader.isEmpty() ? dialectsOwn : apiKeyHeader;
        String key = apiKey.reveal();
        return Map.of(header, header.equalsIgnoreCase(AUTHORIZATION) ? "Bearer " + key : key);
    }
}
