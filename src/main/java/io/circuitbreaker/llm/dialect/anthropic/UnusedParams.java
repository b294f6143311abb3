package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.OtherTools;
import jakarta.json.JsonNumber;
import jakarta.json.JsonValue;
import java.util.Set;

/** Names the parameters of a client's request that none of the writers looks at. */
final class UnusedParams {

    private static final Set<String> USED = Set.of("model", "messages", "stream", "stream_options", "tools",
            "tool_choice", "parallel_tool_calls", "max_tokens", "max_completion_tokens", "temperature", "top_p",
            "top_k", "stop", "user", "response_format", "reasoning_effort", "service_tier", "cache_control");

    private UnusedParams() {
    }

    static void name(LlmRequest request, DroppedParams dropped) {
        request.source().forEach((name, value) -> {
            if (value != JsonValue.NULL && !USED.contains(name) && !saysNothing(name, value)) {
                dropped.add(name);
            }
        });
        OtherTools.in(request.source()).forEach(dropped::add);
    }

    /** Some clients always send the defaults; without them the answer is the same. */
    private static boolean saysNothing(String name, JsonValue value) {
        return switch (name) {
            case "n" -> isNumber(value, 1);
            case "frequency_penalty", "presence_penalty" -> isNumber(value, 0);
            case "logprobs", "store" -> value == JsonValue.FALSE;
            default -> false;
        };
    }

    private static boolean isNumber(JsonValue value, int wanted) {
        return value instanceof JsonNumber number && number.doubleValue() == wanted;
    }
}
