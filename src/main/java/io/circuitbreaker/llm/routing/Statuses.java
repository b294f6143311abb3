package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.routing.Health.Fault;
import io.circuitbreaker.llm.routing.Health.Lately;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * What is known of all providers, put into words. What traffic has taught ends by time alone, for a server that gets
 * no requests because of it would keep it for ever: an open breaker's state after its delay, that of failures half a
 * minute after the last one. Thread-safe.
 */
final class Statuses {

    /** After this long without another failure a provider is thought able to answer. */
    static final Duration FAILURES_COUNT_FOR = Duration.ofSeconds(30);
    static final double TOO_MANY_FAILURES = 0.5;
    /** Fewer say nothing: five, of which some time has passed. */
    static final double FEW_REQUESTS = 4.5;

    private static final Comparator<Fault> LATEST = (a, b) -> Long.signum(a.at() - b.at());

    private record Verdict(ProviderState state, String why, Optional<Duration> until) {
    }

    private final List<LlmProvider> providers;
    private final Health health;
    private final Pauses pauses;
    private final LongSupplier nanoTime;

    Statuses(List<LlmProvider> providers, Health health, Pauses pauses, LongSupplier nanoTime) {
        this.providers = List.copyOf(providers);
        this.health = health;
        this.pauses = pauses;
        this.nanoTime = nanoTime;
    }

    /** In the order of configuration. */
    List<ProviderStatus> all() {
        return providers.stream().map(this::of).toList();
    }

    /** 0 if nothing is known. */
    double errorRate(String provider) {
        return standing(health.models(provider).values().stream().toList(), nanoTime.getAsLong()).errorRate().orElse(0);
    }

    private ProviderStatus of(LlmProvider provider) {
        long now = nanoTime.getAsLong();
        Map<String, Lately> known = health.models(provider.name());
        Map<String, Lately> lately = new HashMap<>(known);
        lately.values().removeIf(each -> isForgotten(each, now));
        Map<String, Pauses.Pause> paused = pauses.models(provider.name());
        TreeSet<String> names = new TreeSet<>(lately.keySet());
        names.addAll(paused.keySet());
        List<ModelStatus> models = new ArrayList<>();
        names.forEach(model -> models.add(new ModelStatus(model,
                standing(Optional.ofNullable(lately.get(model)).stream().toList(), now),
                Optional.ofNullable(paused.get(model)).map(pause -> shown(pause, now)))));
        Standing standing = standing(known.values().stream().toList(), now);
        Optional<ProviderStatus.Probe> probe = health.lastProbe(provider.name())
                .map(probed -> new ProviderStatus.Probe(probed.wrong(), since(probed.at(), now)));
        Verdict verdict = verdict(provider, standing, models, probe);
        return new ProviderStatus(provider, verdict.state, verdict.why, verdict.until, standing, models, probe);
    }

    private static ModelStatus.Pause shown(Pauses.Pause pause, long now) {
        return new ModelStatus.Pause(Duration.ofNanos(pause.until() - now), pause.why());
    }

    /** Who was not heard of for long, as {@link FirstTokenTimes} has it. */
    private static boolean isForgotten(Lately known, long now) {
        return now - known.newsAt() >= FirstTokenTimes.FORGOTTEN_AFTER.toNanos();
    }

    /** Of all these together, but for what is forgotten. */
    private static Standing standing(List<Lately> all, long now) {
        Tally sum = all.stream().filter(each -> !isForgotten(each, now)).map(each -> each.tally().decayedTo(now))
                .reduce(Tally.empty(now), Tally::plus);
        return new Standing(sum.requests(),
                sum.requests() > 0 ? OptionalDouble.of(sum.failures() / sum.requests()) : OptionalDouble.empty(),
                sum.firstTokens() > 0
                        ? Optional.of(Duration.ofNanos((long) (sum.firstTokenNanos() / sum.firstTokens())))
                        : Optional.empty(),
                all.stream().map(Lately::lastFault).flatMap(Optional::stream).max(LATEST)
                        .map(fault -> new Standing.LastFailure(fault.kind(), since(fault.at(), now))));
    }

    private Verdict verdict(LlmProvider provider, Standing standing, List<ModelStatus> models,
                            Optional<ProviderStatus.Probe> probe) {
        return breakerOpen(provider).or(() -> paused(models)).or(() -> full(provider)).or(() -> failing(standing))
                .or(() -> unreached(probe)).orElse(new Verdict(ProviderState.UP, "", Optional.empty()));
    }

    private Optional<Verdict> breakerOpen(LlmProvider provider) {
        return health.breakerSeenOpen(provider.name()).map(at -> {
            Duration ago = since(at, nanoTime.getAsLong());
            return new Verdict(ProviderState.BREAKER_OPEN,
                    "its circuit breaker was seen open " + ago.toMillis() + " ms ago",
                    Optional.of(Health.BREAKER_DELAY.minus(ago)));
        });
    }

    private static Optional<Verdict> paused(List<ModelStatus> models) {
        if (models.stream().anyMatch(model -> model.pause().isEmpty())) {
            return Optional.empty();
        }
        return models.stream().flatMap(model -> model.pause().stream())
                .min(Comparator.comparing(ModelStatus.Pause::left))
                .map(first -> new Verdict(ProviderState.PAUSED, first.why(), Optional.of(first.left())));
    }

    private static Optional<Verdict> full(LlmProvider provider) {
        return provider instanceof RemoteProvider remote && remote.activeStreams() >= remote.maxConcurrentStreams()
                ? Optional.of(new Verdict(ProviderState.FULL, "it has its limit of " + remote.maxConcurrentStreams()
                        + " streams", Optional.empty())) : Optional.empty();
    }

    private static Optional<Verdict> failing(Standing standing) {
        double rate = standing.errorRate().orElse(0);
        if (standing.recentRequests() < FEW_REQUESTS || rate < TOO_MANY_FAILURES) {
            return Optional.empty();
        }
        return standing.lastFailure().map(Standing.LastFailure::ago)
                .filter(ago -> ago.compareTo(FAILURES_COUNT_FOR) < 0)
                .map(ago -> new Verdict(ProviderState.DEGRADED,
                        Math.round(rate * 100) + " % of its requests failed lately",
                        Optional.of(FAILURES_COUNT_FOR.minus(ago))));
    }

    private static Optional<Verdict> unreached(Optional<ProviderStatus.Probe> probe) {
        return probe.flatMap(ProviderStatus.Probe::wrong).map(wrong ->
                new Verdict(ProviderState.DEGRADED, "its last probe failed: " + wrong, Optional.empty()));
    }

    private static Duration since(long moment, long now) {
        return Duration.ofNanos(now - moment);
    }
}
