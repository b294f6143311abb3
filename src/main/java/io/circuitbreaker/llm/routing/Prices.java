package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.TokenUsage;
import java.math.BigDecimal;

/**
 * What a model costs, in US dollars for 1,000,000 tokens.
 *
 * @param cachedInput of a prompt's tokens that the provider has from an earlier request
 */
public record Prices(BigDecimal input, BigDecimal cachedInput, BigDecimal output) {

    /** In US dollars, exactly. */
    BigDecimal of(TokenUsage usage) {
        long cached = Math.min(usage.cached(), usage.prompt());
        return input.multiply(BigDecimal.valueOf(usage.prompt() - cached))
                .add(cachedInput.multiply(BigDecimal.valueOf(cached)))
                .add(output.multiply(BigDecimal.valueOf(usage.completion()))).movePointLeft(6);
    }

    BigDecimal ofThousandOutputTokens() {
        return output.movePointLeft(3);
    }
}
