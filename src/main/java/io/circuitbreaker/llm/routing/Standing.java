package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What requests to a provider, or to one of its models, came to lately.
 *
 * @param recentRequests those that count, each half as much with each minute
 * @param errorRate      the share of them that failed, from 0 to 1; empty if nothing is known
 * @param firstToken     how long they took to their first token, on average; empty if nothing is known
 */
public record Standing(double recentRequests, OptionalDouble errorRate, Optional<Duration> firstToken,
                       Optional<LastFailure> lastFailure) {

    /** @param kind one word, such as {@code unreachable} */
    public record LastFailure(String kind, Duration ago) {
    }
}
