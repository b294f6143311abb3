package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.HeaderText;
import io.circuitbreaker.llm.routing.NoAnswerException;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a response says of the way that its request went. */
final class RoutingHeaders {

    private RoutingHeaders() {
    }

    /** Those of {@code headers} and ours. */
    static Map<String, String> of(Map<String, String> headers, RoutedStream routed) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("X-LLM-Provider", routed.provider());
        all.put("X-LLM-Model", routed.model());
        tried(all, routed.attempts(), routed.fallbackReason());
        if (!routed.stream().droppedParams().isEmpty()) {
            all.put("X-Dropped-Params", String.join(", ", routed.stream().droppedParams()));
        }
        all.replaceAll((name, value) -> HeaderText.clean(value));
        return all;
    }

    /** Those of {@code headers}, and how much was tried if that is known. */
    static Map<String, String> of(Map<String, String> headers, LlmException failed) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (failed instanceof NoAnswerException none) {
            tried(all, none.attempts(), none.fallbackReason());
        }
        return all;
    }

    private static void tried(Map<String, String> all, int attempts, Optional<String> fallbackReason) {
        all.put("X-LLM-Attempts", Integer.toString(attempts));
        fallbackReason.ifPresent(reason -> all.put("X-LLM-Fallback-Reason", HeaderText.clean(reason)));
    }
}
