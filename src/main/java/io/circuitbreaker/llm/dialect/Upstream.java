package io.circuitbreaker.llm.dialect;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Where a request goes.
 *
 * @param model        the model in the provider's own name
 * @param apiKeyHeader the header that takes the key, where it is not the dialect's own; empty if it is
 * @param streamUsage  whether it is asked for usage
 * @param prefill      how it takes the beginning of its own answer, where configuration says so
 * @param conceded     what it is asked without, because it {@linkplain Dialect#concession refused} it
 */
public record Upstream(String provider, String model, ApiKey apiKey, String apiKeyHeader, StreamUsage streamUsage,
                       Optional<PrefillForm> prefill, Set<Concession> conceded) {

    private static final String AUTHORIZATION = "authorization";

    public Upstream {
        conceded = Set.copyOf(conceded);
    }

    /** Without settings of its own. */
    public Upstream(String provider, String model, ApiKey apiKey, String apiKeyHeader) {
        this(provider, model, apiKey, apiKeyHeader, StreamUsage.ALWAYS, Optional.empty(), Set.of());
    }

    public Upstream conceding(Concession one) {
        Set<Concession> all = EnumSet.of(one);
        all.addAll(conceded);
        return new Upstream(provider, model, apiKey, apiKeyHeader, streamUsage, prefill, all);
    }

    /** @param otherwise whether its models are known to go on from the beginning of their answer; configuration wins */
    public boolean takesPrefill(BooleanSupplier otherwise) {
        return prefill.map(form -> form != PrefillForm.NONE).orElseGet(otherwise::getAsBoolean);
    }

    public boolean concedes(Concession one) {
        return conceded.contains(one);
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
