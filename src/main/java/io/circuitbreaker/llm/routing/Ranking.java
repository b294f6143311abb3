package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.provider.ActiveStreams;
import io.circuitbreaker.llm.provider.LlmProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;

/** In which order targets are asked. Where a strategy sees no difference, it is as they are listed. Thread-safe. */
final class Ranking {

    /** A target, and how often it comes first where that is drawn by lot. */
    record Weighted(Target target, int weight) {
    }

    private record Scored(Target target, long score) {
    }

    private final FirstTokenTimes times;
    private final DoubleSupplier random;

    Ranking(FirstTokenTimes times, DoubleSupplier random) {
        this.times = times;
        this.random = random;
    }

    /** By the strategy; but if the client says what its request is about, who is good at that comes first. */
    List<Target> ranked(List<Weighted> targets, RoutingStrategy strategy, LlmRequest request) {
        List<Target> inOrder = ordered(targets, strategy, request);
        return request.routing().taskType()
                .map(task -> inOrder.stream().sorted(Preference.goodAt(task)).toList()).orElse(inOrder);
    }

    private List<Target> ordered(List<Weighted> targets, RoutingStrategy strategy, LlmRequest request) {
        return switch (strategy) {
            case PRIORITY -> targets.stream().map(Weighted::target).toList();
            case WEIGHTED -> drawn(targets);
            case LEAST_BUSY -> lowestFirst(targets, target -> activeStreams(target.provider()));
            // Who has not been measured is asked first, or would never be.
            case LATENCY -> lowestFirst(targets, target -> times.of(target).map(Duration::toNanos).orElse(-1L));
            case COST -> targets.stream().map(Weighted::target).sorted(Preference.cheapest(request)).toList();
        };
    }

    /** Each score is taken once: it may change while others are compared. */
    private static List<Target> lowestFirst(List<Weighted> targets, ToLongFunction<Target> score) {
        return targets.stream().map(Weighted::target).map(target -> new Scored(target, score.applyAsLong(target)))
                .sorted(Comparator.comparingLong(Scored::score)).map(Scored::target).toList();
    }

    private static int activeStreams(LlmProvider provider) {
        return provider instanceof ActiveStreams busy ? busy.activeStreams() : 0;
    }

    private List<Target> drawn(List<Weighted> targets) {
        List<Weighted> left = new ArrayList<>(targets);
        List<Target> drawn = new ArrayList<>();
        while (!left.isEmpty()) {
            drawn.add(left.remove(drawnFrom(left)).target());
        }
        return drawn;
    }

    private int drawnFrom(List<Weighted> left) {
        long sum = left.stream().mapToLong(Weighted::weight).sum();
        long lot = (long) (random.getAsDouble() * sum);
        for (int i = 0; i < left.size(); i++) {
            lot -= left.get(i).weight();
            if (lot < 0) {
                return i;
            }
        }
        return 0;
    }
}
