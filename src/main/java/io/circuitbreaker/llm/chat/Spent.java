package io.circuitbreaker.llm.chat;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * What one provider's part in a request has used. A request that was answered by several, or asked of several at once, has
 * one for each.
 *
 * @param model     in the provider's own name
 * @param estimated whether the answer ended before the provider told: the prompt and what was received are counted then
 */
public record Spent(String provider, String model, TokenUsage usage, boolean estimated) {

    /** In US dollars; empty where no price is known. */
    public Optional<BigDecimal> cost() {
        return usage.cost();
    }
}
