package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.util.Optional;

/** Nobody gave a first token. The failure is that of a provider; this adds what was tried. */
public final class NoAnswerException extends LlmException {

    private final String provider;
    private final int attempts;
    private final String fallbackReason;

    /**
     * @param provider       whose failure it is; empty if nobody was asked
     * @param fallbackReason empty if nothing but the first candidate's first try was to be told
     */
    public NoAnswerException(Failure failure, String provider, int attempts, String fallbackReason, Throwable cause) {
        super(failure, cause);
        this.provider = provider;
        this.attempts = attempts;
        this.fallbackReason = fallbackReason;
    }

    /** Whose failure it is; empty if nobody was asked. */
    public String provider() {
        return provider;
    }

    /** How often a provider was asked. */
    public int attempts() {
        return attempts;
    }

    /** Why more than the first one, or the first one more than once, was asked; empty if that was not so. */
    public Optional<String> fallbackReason() {
        return Optional.of(fallbackReason).filter(reason -> !reason.isEmpty());
    }
}
