package io.circuitbreaker.llm.chat;

import java.util.Optional;

/**
 * What a chunk says of one choice. {@code finish} comes once in a choice's life, after all of its content.
 *
 * @param failure why the choice ended without having been complete, beside others that go on
 */
public record StreamingChoice(int index, Delta delta, Optional<FinishReason> finish, Optional<Failure> failure) {

    public StreamingChoice(int index, Delta delta, Optional<FinishReason> finish) {
        this(index, delta, finish, Optional.empty());
    }

    public static StreamingChoice of(Delta delta) {
        return new StreamingChoice(0, delta, Optional.empty());
    }

    public static StreamingChoice finish(FinishReason reason) {
        return new StreamingChoice(0, Delta.EMPTY, Optional.of(reason));
    }

    public static StreamingChoice failed(Failure why) {
        return new StreamingChoice(0, Delta.EMPTY, Optional.of(FinishReason.ERROR), Optional.of(why));
    }

    /** The same as another choice. */
    StreamingChoice as(int otherIndex) {
        return new StreamingChoice(otherIndex, delta, finish, failure);
    }
}
