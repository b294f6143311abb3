package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.provider.HttpProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * How providers and their models do, learned from real requests, from open breakers and from probes. Told when a
 * request has its first token, and when it ends; never for a token. Thread-safe.
 */
final class Health {

    /** As long as a breaker is open at least; after that one request finds out. */
    static final Duration BREAKER_DELAY = Duration.ofSeconds(HttpProvider.BREAKER_DELAY_IN_SECONDS);

    /** @param kind {@link Failure#kind} */
    record Fault(String kind, long at) {
    }

    /** @param newsAt when it was last heard of */
    record Lately(Tally tally, Optional<Fault> lastFault, long newsAt) {
    }

    /** @param wrong empty if the provider answered well */
    record Probed(Optional<String> wrong, long at) {
    }

    private final LongSupplier nanoTime;
    private final RecentMap<Lately> targets = new RecentMap<>();
    private final Map<String, Long> breakersSeenOpen = new ConcurrentHashMap<>();
    private final Map<String, Probed> probes = new ConcurrentHashMap<>();

    Health(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Counts the first token; the end of the stream that is returned counts, too. */
    ChunkStream watched(ChunkStream stream, Target target, Duration firstToken) {
        long now = nanoTime.getAsLong();
        breakersSeenOpen.remove(target.provider().name());
        update(target, now, tally -> tally.withFirstToken(firstToken), Optional.empty());
        return new WatchedStream(stream, failure -> ended(target, now, failure));
    }

    private void ended(Target target, long firstTokenAt, Optional<Failure> failure) {
        if (failure.isEmpty() || isItsFault(failure.get())) {
            update(target, nanoTime.getAsLong(), tally -> tally.withEnd(firstTokenAt, failure.isPresent()), failure);
        }
    }

    /** Counts a request that had no first token. */
    void failed(Target target, Failure failure) {
        if (isItsFault(failure)) {
            update(target, nanoTime.getAsLong(), Tally::withFailure, Optional.of(failure));
        }
    }

    private void update(Target target, long now, UnaryOperator<Tally> news, Optional<Failure> failure) {
        targets.update(target, known -> {
            Tally before = known.map(Lately::tally).orElseGet(() -> Tally.empty(now)).decayedTo(now);
            Optional<Fault> fault = failure.map(why -> new Fault(why.kind(), now))
                    .or(() -> known.flatMap(Lately::lastFault));
            return new Lately(news.apply(before), fault, now);
        });
    }

    /** Cancels, clients' mistakes and our own limits say nothing of a provider. A model's name is a client's word. */
    private static boolean isItsFault(Failure failure) {
        return switch (failure) {
            case Failure.Unreachable _, Failure.Overloaded _, Failure.RateLimited _, Failure.ProviderFailed _,
                 Failure.ClosedEarly _, Failure.Malformed _, Failure.DeadlineExceeded _, Failure.QuotaExhausted _,
                 Failure.ProviderAuth _, Failure.PermissionDenied _ -> true;
            case Failure.InvalidRequest _, Failure.TooLarge _, Failure.ContentFiltered _, Failure.Unauthenticated _,
                 Failure.Expired _, Failure.Unavailable _, Failure.NotFound _, Failure.LimitReached _, Failure.ClientGone _,
                 Failure.SlowClient _, Failure.Cancelled _, Failure.Internal _ -> false;
        };
    }

    /** The breaker has no other way to say so than to refuse a request. */
    void breakerOpen(Target target) {
        breakersSeenOpen.put(target.provider().name(), nanoTime.getAsLong());
    }

    /** When the breaker last refused a request; empty if there was a first token since, or if it is too long ago. */
    Optional<Long> breakerSeenOpen(String provider) {
        return Optional.ofNullable(breakersSeenOpen.get(provider))
                .filter(at -> nanoTime.getAsLong() - at < BREAKER_DELAY.toNanos());
    }

    void probed(String provider, Optional<String> wrong) {
        probes.put(provider, new Probed(wrong, nanoTime.getAsLong()));
    }

    /** The last probe; empty if there was none. */
    Optional<Probed> lastProbe(String provider) {
        return Optional.ofNullable(probes.get(provider));
    }

    /** By model, in the order of their names. */
    Map<String, Lately> models(String provider) {
        return new TreeMap<>(targets.of(provider));
    }
}
