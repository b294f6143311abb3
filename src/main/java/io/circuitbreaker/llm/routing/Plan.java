package io.circuitbreaker.llm.routing;

import java.util.List;

/**
 * Who is asked for one request, in order.
 *
 * @param leftOut who might have been and is not, with the reason, in words for a header
 */
record Plan(List<Target> targets, List<String> leftOut) {

    Plan {
        targets = List.copyOf(targets);
        leftOut = List.copyOf(leftOut);
    }
}
