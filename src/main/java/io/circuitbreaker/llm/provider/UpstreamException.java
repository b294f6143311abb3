package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;

/** The provider is at fault, and its circuit breaker counts it. A class of its own because annotations choose by class. */
public class UpstreamException extends LlmException {

    public UpstreamException(Failure failure, Throwable cause) {
        super(failure, cause);
    }
}
