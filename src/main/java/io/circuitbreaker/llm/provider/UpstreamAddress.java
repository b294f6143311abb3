package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

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
                case SSLException insecure -> {
                    return new Failure.Unreachable(where + distrust(insecure));
                }
                default -> { }
            }
        }
        return new Failure.Unreachable(where + " broke the connection before it answered");
    }

    /** Whether the provider could not prove who it is. It will not a moment later. */
    static boolean isUntrusted(Throwable thrown) {
        // Who checks the name, the server's trust manager or the client, decides which exception it is.
        return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException);
    }

    private static String distrust(SSLException insecure) {
        return isUntrusted(insecure) ? " has no certificate that this server trusts for this address"
                : " did not agree on TLS with this server";
    }
}
