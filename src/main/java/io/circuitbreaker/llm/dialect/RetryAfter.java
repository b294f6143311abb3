package io.circuitbreaker.llm.dialect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.UnaryOperator;

final class RetryAfter {

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
        try {
            double parsed = Double.parseDouble(value.strip());
            boolean usable = parsed >= 0 && parsed * millisecondsPerUnit < Duration.ofDays(1).toMillis();
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
            return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
