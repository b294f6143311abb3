package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.TokenUsage;
import jakarta.json.JsonObject;
import java.util.Optional;

/**
 * The tokens of one answer. {@code message_delta} says again what {@code message_start} said, as sums so far: what it
 * has replaces, what it lacks stays.
 */
final class UsageTally {

    private boolean known;
    private long input;
    private long cacheWritten;
    private long cacheRead;
    private long output;
    private long thinking;

    void update(JsonObject usage) {
        if (usage.isEmpty()) {
            return;
        }
        // All is read before any of it counts: of an event that cannot be understood nothing does.
        long newInput = Json.number(usage, "input_tokens", input);
        long newCacheWritten = Json.number(usage, "cache_creation_input_tokens", cacheWritten);
        long newCacheRead = Json.number(usage, "cache_read_input_tokens", cacheRead);
        long newOutput = Json.number(usage, "output_tokens", output);
        thinking = Json.number(Json.object(usage, "output_tokens_details"), "thinking_tokens", thinking);
        input = newInput;
        cacheWritten = newCacheWritten;
        cacheRead = newCacheRead;
        output = newOutput;
        known = true;
    }

    /** Anthropic counts cached tokens apart, OpenAI inside of the prompt. */
    Optional<TokenUsage> total() {
        return known ? Optional.of(TokenUsage.of(input + cacheWritten + cacheRead, output, cacheRead, thinking))
                : Optional.empty();
    }
}
