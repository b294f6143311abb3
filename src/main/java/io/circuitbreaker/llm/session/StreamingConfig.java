package io.circuitbreaker.llm.session;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of streams and sessions, {@code llm.streaming.*}.
 *
 * @param heartbeatInterval    how long a stream may be silent before a heartbeat is written. Before the first token the
 *                             heartbeat commits the response: after this long, failures come as events
 * @param wholeAnswerHeartbeat whether the same is done for an answer in one document
 * @param shutdownGrace        how long streams may go on when the process is told to stop
 */
public record StreamingConfig(StreamLimits limits, FlowConfig flow, ReplayConfig replay, SessionConfig sessions,
                              Duration heartbeatInterval, WholeAnswerHeartbeat wholeAnswerHeartbeat,
                              Duration shutdownGrace) {

    /**
     * How long sessions live, and how many.
     *
     * @param timeout how long a session lives without a sign of life: a stream that moves is one
     * @param max     how many there may be at once; one more is refused with 429
     */
    public record SessionConfig(Duration timeout, int max) {
    }

    public static final String PREFIX = Settings.PREFIX;
    public static final List<String> KEYS = Stream.of(StreamLimits.KEYS, FlowConfig.KEYS, ReplayConfig.KEYS,
            List.of("session-timeout", "max-sessions", "heartbeat-interval", "whole-answer-heartbeat", "shutdown-grace"))
            .flatMap(List::stream).toList();
    public static final StreamingConfig DEFAULTS = new StreamingConfig(StreamLimits.DEFAULTS, FlowConfig.DEFAULTS,
            ReplayConfig.DEFAULTS, new SessionConfig(Duration.ofMinutes(5), 10_000), Duration.ofSeconds(15),
            WholeAnswerHeartbeat.AFTER_FIRST_TOKEN, Duration.ofSeconds(6));

    static final String MAX_SESSIONS = PREFIX + "max-sessions";

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LONGEST_SHUTDOWN = Duration.ofHours(1);

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    static StreamingConfig load(Config config) {
        Settings settings = new Settings(config);
        SessionConfig sessions = new SessionConfig(
                settings.duration("session-timeout", DEFAULTS.sessions.timeout, SHORTEST, LONGEST),
                settings.number("max-sessions", DEFAULTS.sessions.max, 1, StreamLimits.LARGEST));
        return new StreamingConfig(StreamLimits.load(config), FlowConfig.load(config), ReplayConfig.load(config), sessions,
                settings.duration("heartbeat-interval", DEFAULTS.heartbeatInterval, SHORTEST, LONGEST),
                settings.choice("whole-answer-heartbeat", DEFAULTS.wholeAnswerHeartbeat, WholeAnswerHeartbeat.class),
                settings.duration("shutdown-grace", DEFAULTS.shutdownGrace, Duration.ZERO, LONGEST_SHUTDOWN));
    }
}
