package io.circuitbreaker.llm.chat;

/** A request failed. What happened is in {@link #failure()}; the exception only carries it up the stack. */
public class LlmException extends RuntimeException {

    private final transient Failure failure;

    public LlmException(Failure failure) {
        this(failure, null);
    }

    public LlmException(Failure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
