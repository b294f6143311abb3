package io.circuitbreaker.llm.chat;

import java.util.Optional;

/** What a chunk says of one choice. {@code finish} comes once in a choice's life, after all of its content. */
public record StreamingChoice(int index, Delta delta, Optional<FinishReason> finish) {

    public static StreamingChoice of(Delta delta) {
        return new StreamingChoice(0, delta, Optional.empty());
    }

    public static StreamingChoice finish(FinishReason reason) {
        return new StreamingChoice(0, Delta.EMPTY, Optional.of(reason));
    }
}
