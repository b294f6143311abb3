package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.math.BigDecimal;
import java.util.Optional;

/** OpenAI's usage object, both ways. */
final class Usages {

    private static final String COST = "cost";
    private static final int MOST_DIGITS = 40;

    private Usages() {
    }

    static TokenUsage read(String json) {
        try {
            JsonObject usage = JsonText.parseObject(json);
            long prompt = number(usage, "prompt_tokens");
            long completion = number(usage, "completion_tokens");
            long total = usage.containsKey("total_tokens") ? number(usage, "total_tokens") : prompt + completion;
            return new TokenUsage(prompt, completion, total, detail(usage, "prompt_tokens_details", "cached_tokens"),
                    detail(usage, "completion_tokens_details", "reasoning_tokens"),
                    Optional.of(OpenAiChunkReader.oneLine(json)), cost(usage));
        } catch (JsonException e) {
            throw new MalformedChunkException("the usage of a chunk is not JSON", e);
        }
    }

    /** With the cost as OpenRouter has it, in US dollars, unless the provider itself has written one. */
    static String write(TokenUsage usage) {
        String json = usage.original().orElseGet(() -> "{\"prompt_tokens\":" + usage.prompt() + ",\"completion_tokens\":"
                + usage.completion() + ",\"total_tokens\":" + usage.total()
                + ",\"prompt_tokens_details\":{\"cached_tokens\":" + usage.cached()
                + "},\"completion_tokens_details\":{\"reasoning_tokens\":" + usage.reasoning() + "}}");
        return usage.cost().map(cost -> withCost(json, cost)).orElse(json);
    }

    private static String withCost(String json, BigDecimal cost) {
        JsonObject written = JsonText.parseObject(json);
        if (written.containsKey(COST)) {
            return json;
        }
        String member = "\"" + COST + "\":" + cost.stripTrailingZeros().toPlainString() + "}";
        return json.substring(0, json.lastIndexOf('}')) + (written.isEmpty() ? "" : ",") + member;
    }

    /** The provider's own word. What is no amount of money is left alone: its digits would have to be written out. */
    private static Optional<BigDecimal> cost(JsonObject usage) {
        if (!(usage.get(COST) instanceof JsonNumber number)) {
            return Optional.empty();
        }
        BigDecimal cost = number.bigDecimalValue();
        boolean money = cost.signum() >= 0 && Math.abs((long) cost.scale()) <= MOST_DIGITS && cost.precision() <= MOST_DIGITS;
        return Optional.of(cost).filter(_ -> money);
    }

    private static long detail(JsonObject usage, String group, String name) {
        return usage.get(group) instanceof JsonObject details ? number(details, name) : 0;
    }

    private static long number(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number ? number.longValue() : 0;
    }
}
