package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Where a provider is reached, and what it means if it is not.
 *
 * @param provider its configured name
 * @param baseUrl  without a slash at the end; may have a query
 * @param shown    the address without what may be secret
 */
record UpstreamAddress(String provider, String baseUrl, String shown, Duration connectTimeout) {

    /** @param path begins with a slash; may have a query */
    String url(String path) {
        int query = baseUrl.indexOf('?');
        if (query < 0) {
            return baseUrl + path;
        }
        // Azure's address has its API version behind the path.
        String joined = baseUrl.substring(0, query) + path;
        return joined + (path.indexOf('?') < 0 ? "?" : "&") + baseUrl.substring(query + 1);
    }

    /** What went wrong when no answer came. */
    Failure unreachable(Throwable thrown) {
        String where = "provider '" + provider + "' at " + shown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownHostException _ -> {
                    return new Failure.Unreachable(where + " is unknown to DNS");
                }
                case ConnectException _ -> {
                    return new Failure.Unreachable(where + " refused the connection");
                }
                case InterruptedIOException _ -> {
                    return new Failure.DeadlineExceeded(where + " did not take the connection within "
                            + connectTimeout.toMillis() + " ms", Deadline.CONNECT);
                }
                default -> { }
            }
        }
        return new Failure.Unreachable(where + " broke the connection before it answered");
    }
}
