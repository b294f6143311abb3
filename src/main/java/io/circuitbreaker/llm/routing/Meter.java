package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What one provider's part of an answer has used: by the provider's word, or by what was received. Of an answer that ended
 * early the word may be an early one, which knows less than what was received since. For one thread.
 */
final class Meter {

    private final LlmRequest request;
    private final UnaryOperator<TokenUsage> priced;
    private Optional<TokenUsage> told = Optional.empty();
    private long tokens;
    private boolean complete;

    /** @param priced puts the cost to a usage that has none, where it is known */
    Meter(LlmRequest request, UnaryOperator<TokenUsage> priced) {
        this.request = request;
        this.priced = priced;
    }

    void count(StreamingChunk chunk) {
        if (chunk.speaks()) {
            tokens++;
        }
        if (chunk.usage().isPresent()) {
            told = chunk.usage();
        }
    }

    /** The answer has come to its true end. */
    void completed() {
        complete = true;
    }

    boolean isEstimate() {
        return told.isEmpty() || !complete && told.get().completion() < tokens;
    }

    TokenUsage usage() {
        return priced.apply(counted());
    }

    private TokenUsage counted() {
        if (told.isEmpty()) {
            return Estimate.of(request, tokens);
        }
        TokenUsage known = told.get();
        return isEstimate() ? TokenUsage.of(known.prompt(), tokens, known.cached(), known.reasoning()) : known;
    }
}
