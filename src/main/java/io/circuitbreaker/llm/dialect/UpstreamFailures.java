package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;

/**
 * What a provider's error means, where its status says it all. Dialects look at their own error types first and come
 * here with what is left.
 */
public final class UpstreamFailures {

    private static final int MESSAGE_LIMIT = 2000;

    private UpstreamFailures() {
    }

    /** @param message the provider's own words; may be empty */
    public static Failure byStatus(String provider, int status, String message, Optional<Duration> retryAfter) {
        String said = said(provider, status, message);
        return switch (status) {
            case 400, 405, 406, 415, 422 -> Failure.InvalidRequest.of("", said);
            case 401 -> auth(provider, status);
            case 402 -> new Failure.QuotaExhausted(said);
            case 403 -> new Failure.PermissionDenied(said);
            case 404 -> new Failure.NotFound(said, "");
            // A conflict is one with another request at the same time: it passes, and is not this request's fault.
            case 408, 409, 504 -> new Failure.ProviderFailed(said, retryAfter);
            case 413 -> new Failure.TooLarge(said);
            case 425, 429 -> new Failure.RateLimited(said, retryAfter);
            case 503, 529 -> new Failure.Overloaded(said, retryAfter);
            default -> new Failure.ProviderFailed(said, retryAfter);
        };
    }

    /** Without the provider's words: they may quote the key. */
    public static Failure auth(String provider, int status) {
        return new Failure.ProviderAuth("provider '" + provider + "' refused the API key it is configured with (status "
                + status + "); check llm.provider." + provider + ".api-key");
    }

    /** @param status 0 where there is none: the error came inside a stream */
    public static String said(String provider, int status, String message) {
        String words = cut(message.strip());
        String what = "provider '" + provider + "' " + (status == 0 ? "failed" : "answered " + status);
        return words.isEmpty() ? what : what + ": " + words;
    }

    private static String cut(String words) {
        if (words.length() <= MESSAGE_LIMIT) {
            return words;
        }
        // Strict JSON parsers refuse a whole body because of half a surrogate pair.
        boolean insidePair = Character.isHighSurrogate(words.charAt(MESSAGE_LIMIT - 1));
        return words.substring(0, insidePair ? MESSAGE_LIMIT - 1 : MESSAGE_LIMIT) + "…";
    }
}
