package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;

/** The provider's answer did not begin: asking again is safe and often helps. */
public final class TransportException extends UpstreamException {

    public TransportException(Failure failure, Throwable cause) {
        super(failure, cause);
    }
}
