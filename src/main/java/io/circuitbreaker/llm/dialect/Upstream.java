package io.circuitbreaker.llm.dialect;

/**
 * Where a request goes.
 *
 * @param model        the model in the provider's own name
 * @param apiKeyHeader the header that takes the key, where it is not the dialect's own; empty if it is
 */
public record Upstream(String provider, String model, ApiKey apiKey, String apiKeyHeader) {
}
