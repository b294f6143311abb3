package io.circuitbreaker.llm.dialect;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An answer with an error status.
 *
 * @param headers looks one up, in any case; returns an empty string for one that is absent
 * @param body    at most the first few KiB
 */
public record ErrorResponse(String provider, int status, UnaryOperator<String> headers, String body, Instant now) {

    /**
     * How long the provider asks us to wait: {@code retry-after-ms}, else {@code Retry-After} in seconds or as an HTTP
     * date (RFC 9110 section 10.2.3). Zero is an answer, not an absence.
     */
    public Optional<Duration> retryAfter() {
        return RetryAfter.of(headers, now);
    }
}
