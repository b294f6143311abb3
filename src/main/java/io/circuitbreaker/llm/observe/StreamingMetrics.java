package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.Spent;
import jakarta.annotation.PreDestroy;
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
 * metrics end at the first byte of a stream, so they cannot say this. Thread-safe.
 */
@Unproxied
public class StreamingMetrics {

    /** What the names of all our figures begin with. */
    private static final String PREFIX = "llm_";
    private static final String NO_PROVIDER = "none";

    private record Series(String name, List<Tag> tags) {
    }

    private final MetricRegistry registry;
    private final String prefix;
    /** The registry takes longer to find one than all else takes that the end of a stream costs here. */
    private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    /** One for each counter of them. */
    private final Map<List<Tag>, MicroDollars> costs = new ConcurrentHashMap<>();

    @Inject
    public StreamingMetrics(MetricRegistry registry) {
        this(registry, PREFIX);
        slowClients();
    }

    private StreamingMetrics(MetricRegistry registry, String prefix) {
        this.registry = registry;
        this.prefix = prefix;
    }

    /** The same for what is not to count among the others: its figures have names of their own. {@link #drop} them. */
    public StreamingMetrics apart(String name) {
        return new StreamingMetrics(registry, prefix + name + "_");
    }

    /**
     * Takes all figures from the registry whose names begin as these do, the gauges too. The server keeps them when the
     * application goes: the next one's gauges would show the beans of this one.
     */
    @PreDestroy
    public void drop() {
        registry.removeMatching((id, metric) -> id.getName().startsWith(prefix));
    }

    /** Counts an answer. Call it once for each. */
    public void record(StreamEnd end) {
        Tag provider = new Tag("provider", end.provider().isEmpty() ? NO_PROVIDER : end.provider());
        counter("streams_total", provider, new Tag("outcome", end.outcome())).inc();
        timer("stream_duration", provider).update(end.total());
        end.firstToken().ifPresent(time -> timer("first_token", provider).update(time));
    }

    /** Counts a request that was not even begun. */
    public void recordRefused(Failure why) {
        counter("streams_total", new Tag("provider", NO_PROVIDER), new Tag("outcome", why.kind())).inc();
    }

    /** Counts what a provider has used for an answer, or for its part in one. */
    public void record(Spent spent) {
        Tag provider = new Tag("provider", spent.provider());
        Tag estimated = new Tag("estimated", Boolean.toString(spent.estimated()));
        counter("tokens_total", provider, estimated, new Tag("kind", "prompt")).inc(spent.usage().prompt());
        counter("tokens_total", provider, estimated, new Tag("kind", "completion")).inc(spent.usage().completion());
        spent.cost().ifPresent(dollars -> counter("cost_microusd_total", provider, estimated)
                .inc(costs.computeIfAbsent(List.of(provider, estimated), _ -> new MicroDollars()).add(dollars)));
    }

    /** Counts a client that was given up because it took nothing. */
    public void slowClient() {
        slowClients().inc();
    }

    private Counter slowClients() {
        return counter("slow_clients_total");
    }

    private Counter counter(String name, Tag... tags) {
        return counters.computeIfAbsent(new Series(name, List.of(tags)), _ -> registry.counter(prefix + name, tags));
    }

    private Timer timer(String name, Tag tag) {
        return timers.computeIfAbsent(new Series(name, List.of(tag)), _ -> registry.timer(prefix + name, tag));
    }
}
