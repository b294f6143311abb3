package io.circuitbreaker.llm.chat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a client wishes for the way of its request, beyond the model that it names. It is for us: no provider sees it.
 *
 * @param fallbackModels     who is asked next, in order, where the model gives no answer
 * @param preferredProviders who comes first among those that may answer
 * @param strategy           in place of the route's own
 * @param maxLatency         leaves out who is known to need longer for its first token
 * @param maxCost            leaves out who is known to cost more, in US dollars for 1,000 tokens of the answer
 * @param taskType           what the request is about: who is good at it comes first, in a route or where there is a strategy
 * @param onlyFirst          whether the first to be asked is the only one, and is asked once
 * @param tactics            in place of the route's own
 */
public record RoutingWish(List<String> fallbackModels, List<String> preferredProviders,
                          Optional<RoutingStrategy> strategy, Optional<Duration> maxLatency,
                          Optional<BigDecimal> maxCost, Optional<TaskType> taskType, boolean onlyFirst,
                          Tactics tactics) {

    public static final RoutingWish NONE =
            new RoutingWish(List.of(), List.of(), Optional.empty(), Optional.empty(), false);

    public RoutingWish {
        fallbackModels = List.copyOf(fallbackModels);
        preferredProviders = List.copyOf(preferredProviders);
    }

    public RoutingWish(List<String> fallbackModels, List<String> preferredProviders,
                       Optional<RoutingStrategy> strategy, Optional<Duration> maxLatency, boolean onlyFirst) {
        this(fallbackModels, preferredProviders, strategy, maxLatency, Optional.empty(), Optional.empty(), onlyFirst,
                Tactics.NONE);
    }

    public RoutingWish with(Tactics wished) {
        return new RoutingWish(fallbackModels, preferredProviders, strategy, maxLatency, maxCost, taskType, onlyFirst,
                wished);
    }
}
