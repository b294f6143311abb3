package io.circuitbreaker.llm.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * The durations that a setting may have, as operators write them in configuration and clients in headers.
 *
 * @param min     the shortest
 * @param max     the longest
 * @param example shown to whoever wrote something else
 */
public record DurationRange(Duration min, Duration max, String example) {

    private static final int SHOWN = 40;

    /**
     * @param name how the setting is called where the value was written
     * @param value ISO-8601, e.g. {@code PT1M30S}; white space around it does not matter
     * @throws IllegalArgumentException naming the setting, the rule and the value, if it is none or out of range
     */
    public Duration parse(String name, String value) {
        try {
            Duration duration = Duration.parse(value.strip());
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(refusal(name, value), e);
        }
        throw new IllegalArgumentException(refusal(name, value));
    }

    private String refusal(String name, String value) {
        String shown = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
        return name + " must be an ISO-8601 duration from " + min + " to " + max + " such as " + example + ", was '" + shown
                + "'";
    }
}
