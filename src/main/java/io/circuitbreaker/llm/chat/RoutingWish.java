package io.circuitbreaker.llm.chat;

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
 * @param onlyFirst          whether the first to be asked is the only one, and is asked once
 */
public record RoutingWish(List<String> fallbackModels, List<String> preferredProviders,
                          Optional<RoutingStrategy> strategy, Optional<Duration> maxLatency, boolean onlyFirst) {

    public static final RoutingWish NONE =
            new RoutingWish(List.of(), List.of(), Optional.empty(), Optional.empty(), false);

    public RoutingWish {
        fallbackModels = List.copyOf(fallbackModels);
        preferredProviders = List.copyOf(preferredProviders);
    }
}
