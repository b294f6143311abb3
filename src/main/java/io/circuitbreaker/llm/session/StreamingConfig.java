package io.circuitbreaker.llm.session;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of streams and sessions, {@code llm.streaming.*}.
 *
 * @param heartbeatInterval how long a stream may be silent before a heartbeat is written. Before the first token the
 *                          heartbeat commits the response: after this long, failures come as events
 * @param sessionTimeout    how long a session lives without a sign of life: a stream that moves is one
 * @param maxSessions       how many sessions there may be at once; one more is refused with 429
 */
public record StreamingConfig(StreamLimits limits, FlowConfig flow, ReplayConfig replay, Duration heartbeatInterval,
                              Duration sessionTimeout, int maxSessions) {

    public static final String PREFIX = Settings.PREFIX;
    public static final List<String> KEYS = Stream.of(StreamLimits.KEYS, FlowConfig.KEYS, ReplayConfig.KEYS,
            List.of("heartbeat-interval", "session-timeout", "max-sessions")).flatMap(List::stream).toList();
    public static final StreamingConfig DEFAULTS = new StreamingConfig(StreamLimits.DEFAULTS, FlowConfig.DEFAULTS,
            ReplayConfig.DEFAULTS, Duration.ofSeconds(15), Duration.ofMinutes(5), 10_000);

    static final String MAX_SESSIONS = PREFIX + "max-sessions";

    private static final Duration LONGEST = Duration.ofDays(365);

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    static StreamingConfig load(Config config) {
        Settings settings = new Settings(config);
        return new StreamingConfig(StreamLimits.load(config), FlowConfig.load(config), ReplayConfig.load(config),
                settings.duration("heartbeat-interval", DEFAULTS.heartbeatInterval, Duration.ofMillis(10), LONGEST),
                settings.duration("session-timeout", DEFAULTS.sessionTimeout, Duration.ofMillis(10), LONGEST),
                settings.number("max-sessions", DEFAULTS.maxSessions, 1, StreamLimits.LARGEST));
    }
}
