package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.Tactics;
import java.util.List;

/** What is configured for one alias under {@code llm.route.<alias>}: who may answer, and in which order. */
record Route(String alias, RoutingStrategy strategy, List<Candidate> candidates, Tactics tactics) {

    /** @param weight 0 for one that is only asked when the others gave no answer */
    record Candidate(String provider, String model, int weight) {
    }

    Route {
        candidates = List.copyOf(candidates);
    }
}
