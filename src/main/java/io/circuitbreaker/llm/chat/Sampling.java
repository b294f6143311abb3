package io.circuitbreaker.llm.chat;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How the answer is drawn and where it stops, in OpenAI's ranges.
 *
 * @param maxTokens {@code max_completion_tokens}, or the older {@code max_tokens}
 * @param choices   how many answers; 1 unless asked
 */
public record Sampling(OptionalDouble temperature, OptionalDouble topP, OptionalInt topK, OptionalInt maxTokens,
                       List<String> stop, OptionalLong seed, OptionalDouble frequencyPenalty,
                       OptionalDouble presencePenalty, int choices, boolean logprobs, OptionalInt topLogprobs) {

    public static final Sampling DEFAULTS = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(),
            OptionalInt.empty(), OptionalInt.empty(), List.of(), OptionalLong.empty(), OptionalDouble.empty(),
            OptionalDouble.empty(), 1, false, OptionalInt.empty());

    public Sampling {
        stop = List.copyOf(stop);
    }

    public Sampling withMaxTokens(int limit) {
        return new Sampling(temperature, topP, topK, OptionalInt.of(limit), stop, seed, frequencyPenalty, presencePenalty,
                choices, logprobs, topLogprobs);
    }
}
