package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.TaskType;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.routing.CatalogEntry.Tier;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Optional;

/** Who comes first by what the catalog knows. Of whom it knows nothing comes last. */
final class Preference {

    static final Comparator<Target> STRONGEST = Comparator.comparingInt(target -> tier(target)
            .map(Tier::ordinal).orElse(Integer.MAX_VALUE));

    /** The small ones, and of those the ones that do not think before they speak. */
    static final Comparator<Target> LIGHTEST = Comparator.<Target>comparingInt(target -> tier(target)
            .map(tier -> -tier.ordinal()).orElse(Integer.MAX_VALUE))
            .thenComparing(target -> target.known().filter(entry -> entry.has(Ability.REASONING)).isPresent());

    private Preference() {
    }

    static Comparator<Target> goodAt(TaskType task) {
        return Comparator.comparing(target -> target.known().filter(entry -> entry.tasks().contains(task)).isEmpty());
    }

    /** By the prompt's length, and the answer's as far as it is asked for. */
    static Comparator<Target> cheapest(LlmRequest request) {
        TokenUsage expected = Estimate.expected(request);
        return Comparator.comparing(target -> cost(target, expected),
                Comparator.comparing(Optional<BigDecimal>::isEmpty).thenComparing(cost -> cost.orElse(BigDecimal.ZERO)));
    }

    private static Optional<BigDecimal> cost(Target target, TokenUsage usage) {
        return target.known().flatMap(CatalogEntry::prices).map(prices -> prices.of(usage));
    }

    private static Optional<Tier> tier(Target target) {
        return target.known().flatMap(CatalogEntry::tier);
    }
}
