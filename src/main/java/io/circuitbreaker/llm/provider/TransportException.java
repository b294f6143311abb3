package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import java.net.ConnectException;
import java.net.UnknownHostException;

/** The provider's answer did not begin: asking again is safe and often helps. */
public final class TransportException extends UpstreamException {

    public TransportException(Failure failure, Throwable cause) {
        super(failure, cause);
    }

    /** Whether there was a connection, which may have been old and closed by the provider meanwhile. */
    boolean connectionBroke() {
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
                return false;
            }
        }
        return failure() instanceof Failure.Unreachable;
    }
}
