package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.LlmProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a provider is doing.
 *
 * @param why    what the state says, with its figures; empty if it is up
 * @param until  how long the state lasts if nothing else comes; empty where time alone does not end it
 * @param models those that were asked lately
 * @param probe  the last probe
 */
public record ProviderStatus(LlmProvider provider, ProviderState state, String why, Optional<Duration> until,
                             Standing standing, List<ModelStatus> models, Optional<Probe> probe) {

    /** @param wrong why the provider was not reached, in our own words; empty if it was */
    public record Probe(Optional<String> wrong, Duration ago) {
    }

    public ProviderStatus {
        models = List.copyOf(models);
    }
}
