package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.HttpProvider;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;

/**
 * Figures of all streams at {@code /metrics}. Written when a stream ends and never per token. The server's own REST
 * metrics end at the first byte of a stream, so they cannot say this.
 */
@ApplicationScoped
public class StreamingMetrics {

    private static final String NO_PROVIDER = "none";
    private static final String SLOW_CLIENTS = "llm_slow_clients_total";

    private record Series(String name, List<Tag> tags) {
    }

    private final MetricRegistry registry;
    private final StreamingManager manager;
    private final Providers providers;
    private final LlmRouter router;
    private final LiveStreams streams;
    /** The registry takes longer to find one than all else takes that the end of a stream costs here. */
    private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    /** One for each counter of them. */
    private final Map<List<Tag>, MicroDollars> costs = new ConcurrentHashMap<>();

    /** For the proxy. */
    protected StreamingMetrics() {
        this(null, null, null, null, null);
    }

    @Inject
    public StreamingMetrics(MetricRegistry registry, StreamingManager manager, Providers providers, LlmRouter router,
                            LiveStreams streams) {
        this.registry = registry;
        this.manager = manager;
        this.providers = providers;
        this.router = router;
        this.streams = streams;
    }

    /** Counts nothing. */
    public static StreamingMetrics none() {
        return new StreamingMetrics() {

            @Override
            public void record(StreamEnd end) {
                // not even this
            }

            @Override
            public void record(Spent spent) {
                // nor this
            }

            @Override
            public void slowClient() {
                // nor this
            }
        };
    }

    void register(@Observes Startup startup) {
        registry.counter(SLOW_CLIENTS);
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

    /** The server keeps figures when the application goes: the next one's gauges would show the beans of this one. */
    @PreDestroy
    void unregister() {
        registry.removeMatching((id, metric) -> id.getName().startsWith("llm_"));
    }

    /** Counts an answer. Call it once for each. */
    public void record(StreamEnd end) {
        Tag provider = new Tag("provider", end.provider().isEmpty() ? NO_PROVIDER : end.provider());
        counter("llm_streams_total", provider, new Tag("outcome", end.outcome())).inc();
        timer("llm_stream_duration", provider).update(end.total());
        end.firstToken().ifPresent(time -> timer("llm_first_token", provider).update(time));
    }

    /** Counts what a provider has used for an answer, or for its part in one. */
    public void record(Spent spent) {
        Tag provider = new Tag("provider", spent.provider());
        Tag estimated = new Tag("estimated", Boolean.toString(spent.estimated()));
        counter("llm_tokens_total", provider, estimated, new Tag("kind", "prompt")).inc(spent.usage().prompt());
        counter("llm_tokens_total", provider, estimated, new Tag("kind", "completion")).inc(spent.usage().completion());
        spent.cost().ifPresent(dollars -> counter("llm_cost_microusd_total", provider, estimated)
                .inc(costs.computeIfAbsent(List.of(provider, estimated), _ -> new MicroDollars()).add(dollars)));
    }

    private Counter counter(String name, Tag... tags) {
        return counters.computeIfAbsent(new Series(name, List.of(tags)), _ -> registry.counter(name, tags));
    }

    private Timer timer(String name, Tag tag) {
        return timers.computeIfAbsent(new Series(name, List.of(tag)), _ -> registry.timer(name, tag));
    }

    /** Counts a client that was given up because it took nothing. */
    public void slowClient() {
        registry.counter(SLOW_CLIENTS).inc();
    }
}
