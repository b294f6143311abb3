package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Leaves out who is known not to be able to answer a request, to cost more than the client wishes, or to be slower. Who
 * nothing is known of stays. Thread-safe.
 */
final class Sieve {

    private static final String MAX_COST = "circuit_breaker.max_cost_per_1k_tokens";

    private final FirstTokenTimes times;

    Sieve(FirstTokenTimes times) {
        this.times = times;
    }

    /**
     * Those that stay, in the same order.
     *
     * @param leftOut gets the reasons for the others
     * @throws LlmException if nobody stays
     */
    List<Target> of(List<Target> targets, LlmRequest request, List<String> leftOut) {
        List<Target> affordable = affordable(able(targets, request, leftOut), request, leftOut);
        return request.routing().maxLatency().map(limit -> quick(limit, affordable, leftOut)).orElse(affordable);
    }

    /** Whether it can answer, at a price that is wished for, by all that is known. */
    static boolean fits(Target target, Needs needs, Optional<BigDecimal> maxCost) {
        return needs.lacking(target).isEmpty() && maxCost.flatMap(limit -> tooDear(limit, target)).isEmpty();
    }

    /** Who is the only one is asked in any case: the provider knows better than a catalog. */
    private static List<Target> able(List<Target> targets, LlmRequest request, List<String> leftOut) {
        if (targets.size() == 1) {
            return targets;
        }
        Needs needs = Needs.of(request);
        List<String> lacking = new ArrayList<>();
        List<Target> able = whoLacksNothing(targets, needs, lacking);
        if (able.isEmpty()) {
            // Who is told of all but a part, which is named then, is better than nobody.
            needs = needs.withoutParts();
            lacking.clear();
            able = whoLacksNothing(targets, needs, lacking);
        }
        leftOut.addAll(lacking);
        if (able.isEmpty()) {
            throw new LlmException(Failure.InvalidRequest.of(needs.lacking(targets.getFirst()).orElseThrow().param(),
                    "nobody of those who might answer can take this request: " + String.join("; ", leftOut)));
        }
        return able;
    }

    private static List<Target> whoLacksNothing(List<Target> targets, Needs needs, List<String> lacking) {
        return without(targets, target -> needs.lacking(target).map(Needs.Lack::words), lacking);
    }

    private static List<Target> affordable(List<Target> targets, LlmRequest request, List<String> leftOut) {
        Optional<BigDecimal> limit = request.routing().maxCost();
        if (limit.isEmpty()) {
            return targets;
        }
        List<Target> affordable = without(targets, target -> tooDear(limit.get(), target), leftOut);
        if (affordable.isEmpty()) {
            throw new LlmException(Failure.InvalidRequest.of(MAX_COST, "nobody is known to answer at " + MAX_COST + " = "
                    + limit.get() + ": " + String.join("; ", leftOut)));
        }
        return affordable;
    }

    private static Optional<String> tooDear(BigDecimal limit, Target target) {
        return target.known().flatMap(CatalogEntry::prices).map(Prices::ofThousandOutputTokens)
                .filter(price -> price.compareTo(limit) > 0)
                .map(price -> "costs $" + price.toPlainString() + " for 1,000 tokens of the answer");
    }

    private List<Target> quick(Duration limit, List<Target> targets, List<String> leftOut) {
        List<Target> quick = without(targets, target -> times.ofAnswers(target).filter(time -> time.compareTo(limit) > 0)
                .map(time -> "first token lately after " + time.toMillis() + " ms"), leftOut);
        if (quick.isEmpty()) {
            throw new LlmException(new Failure.Overloaded("nobody is known to send a first token within max_latency_ms = "
                    + limit.toMillis() + ": " + String.join("; ", leftOut), Optional.empty()));
        }
        return quick;
    }

    private static List<Target> without(List<Target> targets, Function<Target, Optional<String>> objection,
                                        List<String> leftOut) {
        List<Target> rest = new ArrayList<>();
        for (Target target : targets) {
            objection.apply(target).ifPresentOrElse(words -> leftOut.add(target.shown() + ": " + words),
                    () -> rest.add(target));
        }
        return rest;
    }
}
