package io.circuitbreaker.llm.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.UnaryOperator;

final class RetryAfter {

    /** A day or more is a quota, not a pause: no request waits for that. */
    private static final Duration TOO_LONG = Duration.ofDays(1);

    private RetryAfter() {
    }

    static Optional<Duration> of(UnaryOperator<String> headers, Instant now) {
        Optional<Duration> milliseconds = number(headers.apply("retry-after-ms"), 1);
        if (milliseconds.isPresent()) {
            return milliseconds;
        }
        String value = headers.apply("retry-after").strip();
        Optional<Duration> seconds = number(value, 1000);
        return seconds.isPresent() ? seconds : date(value, now);
    }

    private static Optional<Duration> number(String value, int millisecondsPerUnit) {
        String digits = value.strip();
        // Double.parseDouble takes more than a header may hold: "1d" and "2f" are numbers to it.
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.')) {
            return Optional.empty();
        }
        try {
            double parsed = Double.parseDouble(digits);
            boolean usable = parsed * millisecondsPerUnit < TOO_LONG.toMillis();
            return usable ? Optional.of(Duration.ofMillis((long) (parsed * millisecondsPerUnit))) : Optional.empty();
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> date(String value, Instant now) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
            return wait.compareTo(TOO_LONG) < 0 ? Optional.of(wait) : Optional.empty();
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
