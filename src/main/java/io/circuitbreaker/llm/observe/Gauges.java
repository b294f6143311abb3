package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.provider.HttpProvider;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** Shows at {@code /metrics} what others know anyway: how much there is of it at the moment. */
@ApplicationScoped
public class Gauges {

    void register(@Observes Startup startup, MetricRegistry registry, StreamingManager manager, Providers providers,
                  LlmRouter router, LiveStreams streams) {
        registry.gauge("llm_streams_active", manager, StreamingManager::activeStreams);
        registry.gauge("llm_stream_store_reachable", streams, kept -> kept.storeState().reachable() ? 1 : 0);
        registry.gauge("llm_stream_store_waiting", streams, kept -> kept.storeState().waiting());
        registry.gauge("llm_stream_store_given_up", streams, kept -> kept.storeState().givenUp());
        for (LlmProvider provider : providers.all()) {
            Tag tag = new Tag("provider", provider.name());
            registry.gauge("llm_provider_error_rate", router, known -> known.errorRate(provider.name()), tag);
            if (provider instanceof HttpProvider upstream) {
                registry.gauge("llm_provider_queued_requests", upstream, HttpProvider::queuedRequests, tag);
                registry.gauge("llm_provider_streams_active", upstream, HttpProvider::activeStreams, tag);
                registry.gauge("llm_provider_malformed_chunks", upstream, HttpProvider::malformedChunks, tag);
            }
        }
    }
}
