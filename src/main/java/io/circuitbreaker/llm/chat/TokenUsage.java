package io.circuitbreaker.llm.chat;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Tokens spent, by OpenAI's convention: cached tokens are inside {@code prompt}, reasoning tokens inside
 * {@code completion}.
 *
 * @param original the provider's own JSON, where it is in the client's dialect: handed on with every detail it has
 * @param cost     in US dollars, by the provider's own word or by known prices
 */
public record TokenUsage(long prompt, long completion, long total, long cached, long reasoning,
                         Optional<String> original, Optional<BigDecimal> cost) {

    /** Of tokens whose cost is not known. */
    public TokenUsage(long prompt, long completion, long total, long cached, long reasoning, Optional<String> original) {
        this(prompt, completion, total, cached, reasoning, original, Optional.empty());
    }

    public static TokenUsage of(long prompt, long completion, long cached, long reasoning) {
        return new TokenUsage(prompt, completion, prompt + completion, cached, reasoning, Optional.empty());
    }

    public TokenUsage withCost(BigDecimal dollars) {
        return new TokenUsage(prompt, completion, total, cached, reasoning, original, Optional.of(dollars));
    }

    /** Both together; what only the providers' own JSON has is lost, and a cost of which only a part is known. */
    public TokenUsage plus(TokenUsage other) {
        Optional<BigDecimal> both = cost.flatMap(dollars -> other.cost.map(dollars::add));
        return new TokenUsage(prompt + other.prompt, completion + other.completion, total + other.total,
                cached + other.cached, reasoning + other.reasoning, Optional.empty(), both);
    }
}
