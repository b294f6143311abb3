package io.circuitbreaker.llm.session;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * The limits on streams as a whole, {@code llm.streaming.*}.
 *
 * @param maxConcurrentStreams   how many streams may be open at once; one more is refused with 429
 * @param heartbeatInterval      how long a stream may be silent before a heartbeat is written. Before the first token the
 *                               heartbeat commits the response: after this long, failures come as events
 * @param wholeAnswerHeartbeat   whether the same is done for an answer in one document
 */
public record StreamingConfig(int maxConcurrentStreams, Duration heartbeatInterval,
                              WholeAnswerHeartbeat wholeAnswerHeartbeat) {

    public static final String PREFIX = "llm.streaming.";
    public static final List<String> KEYS = List.of("max-concurrent-streams", "heartbeat-interval",
            "whole-answer-heartbeat");
    public static final StreamingConfig DEFAULTS =
            new StreamingConfig(1000, Duration.ofSeconds(15), WholeAnswerHeartbeat.AFTER_FIRST_TOKEN);

    static final String MAX_CONCURRENT_STREAMS = PREFIX + "max-concurrent-streams";
    static final String HEARTBEAT_INTERVAL = PREFIX + "heartbeat-interval";
    static final String WHOLE_ANSWER_HEARTBEAT = PREFIX + "whole-answer-heartbeat";

    public StreamingConfig {
        if (maxConcurrentStreams < 1) {
            throw new IllegalArgumentException(MAX_CONCURRENT_STREAMS + " must be > 0, was " + maxConcurrentStreams);
        }
        if (heartbeatInterval.compareTo(Duration.ofMillis(10)) < 0) {
            throw new IllegalArgumentException(HEARTBEAT_INTERVAL + " must be at least PT0.01S, was " + heartbeatInterval);
        }
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    static StreamingConfig load(Config config) {
        return new StreamingConfig(
                config.getOptionalValue(MAX_CONCURRENT_STREAMS, String.class)
                        .map(StreamingConfig::number).orElse(DEFAULTS.maxConcurrentStreams),
                config.getOptionalValue(HEARTBEAT_INTERVAL, String.class)
                        .map(StreamingConfig::duration).orElse(DEFAULTS.heartbeatInterval),
                config.getOptionalValue(WHOLE_ANSWER_HEARTBEAT, String.class)
                        .map(StreamingConfig::wholeAnswerHeartbeat).orElse(DEFAULTS.wholeAnswerHeartbeat));
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(MAX_CONCURRENT_STREAMS + " must be a whole number > 0, was '" + value + "'", e);
        }
    }

    private static Duration duration(String value) {
        try {
            return Duration.parse(value.strip());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    HEARTBEAT_INTERVAL + " must be an ISO-8601 duration such as PT15S, was '" + value + "'", e);
        }
    }

    private static WholeAnswerHeartbeat wholeAnswerHeartbeat(String value) {
        return WholeAnswerHeartbeat.of(value.strip()).orElseThrow(() -> new IllegalArgumentException(
                WHOLE_ANSWER_HEARTBEAT + " must be never, after-first-token or always, was '" + value + "'"));
    }
}
