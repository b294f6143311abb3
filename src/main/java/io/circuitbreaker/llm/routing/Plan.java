package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Tactics;
import java.util.List;

/**
 * Who is asked for one request, in order.
 *
 * @param leftOut who might have been and is not, with the reason, in words for a header
 * @param tactics the request's, and where it has none its route's
 */
record Plan(List<Target> targets, List<String> leftOut, Tactics tactics) {

    Plan {
        targets = List.copyOf(targets);
        leftOut = List.copyOf(leftOut);
    }

    /** The same with others. */
    Plan over(List<Target> others, List<String> withReasons) {
        return new Plan(others, withReasons, tactics);
    }
}
