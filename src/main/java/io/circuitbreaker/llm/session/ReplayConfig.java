package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.config.DurationRange;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * What is kept of streams for those who come back, {@code llm.streaming.*}.
 *
 * @param store       the name of the store
 * @param grace       how long a stream that can be resumed goes on while nobody reads it, unless its request says
 * @param maxGrace    the longest that a request may say
 * @param bufferSize  how much of one stream is kept, in characters; at least its newest event
 * @param storeSize   how much of all streams that have ended is kept, in characters
 * @param retention   how long a stream that has ended is kept after its last reader
 * @param redis       where the store is, if it is Redis
 */
public record ReplayConfig(String store, Duration grace, Duration maxGrace, int bufferSize, int storeSize,
                           Duration retention, RedisConfig redis) {

    static final List<String> KEYS = Stream.concat(Stream.of("store", "resume-grace", "max-resume-grace",
            "replay-buffer-size", "replay-store-size", "replay-retention"), RedisConfig.KEYS.stream()).toList();

    static final ReplayConfig DEFAULTS = new ReplayConfig(MemoryStreamStore.NAME, Duration.ofSeconds(30),
            Duration.ofMinutes(5), 1024 * 1024, 64 * 1024 * 1024, Duration.ofMinutes(5), RedisConfig.DEFAULTS);

    private static final int LARGEST = 999_999_999;
    private static final Duration LONGEST = Duration.ofDays(1);

    static ReplayConfig load(Config config) {
        Settings settings = new Settings(config);
        Duration maxGrace = settings.duration("max-resume-grace", DEFAULTS.maxGrace, Duration.ZERO, LONGEST);
        Duration usual = DEFAULTS.grace.compareTo(maxGrace) < 0 ? DEFAULTS.grace : maxGrace;
        return new ReplayConfig(settings.text("store", DEFAULTS.store),
                settings.duration("resume-grace", usual, Duration.ZERO, maxGrace), maxGrace,
                settings.number("replay-buffer-size", DEFAULTS.bufferSize, 1, LARGEST),
                settings.number("replay-store-size", DEFAULTS.storeSize, 0, LARGEST),
                settings.duration("replay-retention", DEFAULTS.retention, Duration.ZERO, LONGEST),
                RedisConfig.load(config));
    }

    /**
     * A client's own wish for the grace of its stream.
     *
     * @param name how it is called where the client says it
     * @throws LlmException with {@code InvalidRequest} naming the value and the rule
     */
    public Duration graceOf(String value, String name) {
        try {
            return new DurationRange(Duration.ZERO, maxGrace, Settings.EXAMPLE).parse(name, value);
        } catch (IllegalArgumentException e) {
            throw new LlmException(Failure.InvalidRequest.of("", e.getMessage()), e);
        }
    }
}
