package io.circuitbreaker.llm.chat;

import java.util.Optional;

/**
 * Tokens spent, by OpenAI's convention: cached tokens are inside {@code prompt}, reasoning tokens inside
 * {@code completion}.
 *
 * @param original the provider's own JSON, where it is in the client's dialect: handed on with every detail it has
 */
public record TokenUsage(long prompt, long completion, long total, long cached, long reasoning,
                         Optional<String> original) {

    public static TokenUsage of(long prompt, long completion, long cached, long reasoning) {
        return new TokenUsage(prompt, completion, prompt + completion, cached, reasoning, Optional.empty());
    }

    /** Both together; what only the providers' own JSON has is lost. */
    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(prompt + other.prompt, completion + other.completion, total + other.total,
                cached + other.cached, reasoning + other.reasoning, Optional.empty());
    }
}
