package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamingConfigTest {

    @Test
    void defaults() {
        assertThat(StreamingConfig.load(MapConfig.of())).isEqualTo(StreamingConfig.DEFAULTS);
    }

    @Test
    @DisplayName("The five settings of the original streaming manager have its defaults")
    void theFiveOfTheOriginal() {
        StreamingConfig config = StreamingConfig.load(MapConfig.of());
        assertThat(config.limits().all()).isEqualTo(1000);
        assertThat(config.flow().bufferSize()).isEqualTo(100);
        assertThat(config.sessions().timeout()).isEqualTo(Duration.ofSeconds(300));
        assertThat(config.flow().maxChunkSize()).isEqualTo(8192);
        assertThat(config.flow().enabled()).isTrue();
    }

    @Test
    @DisplayName("T10: who waits for a sign of life gets one within 15 s; some give a stream up after 20")
    void aSilentStreamIsHeardOfInTime() {
        assertThat(StreamingConfig.DEFAULTS.heartbeatInterval()).isLessThanOrEqualTo(Duration.ofSeconds(15));
    }

    @ParameterizedTest
    @CsvSource({"PT10S, PT10S", "PT0S, PT0S", "PT31S, PT30S"})
    void theUsualGraceIsNoLongerThanTheLongest(String longest, Duration usual) {
        assertThat(StreamingConfig.load(MapConfig.of("llm.streaming.max-resume-grace", longest)).replay().grace())
                .isEqualTo(usual);
    }

    @Test
    void everyPropertyIsMapped() {
        assertThat(StreamingConfig.load(MapConfig.of("llm.streaming.max-concurrent-streams", " 7 ",
                "llm.streaming.max-concurrent-streams-per-user", "2",
                "llm.streaming.max-concurrent-streams-per-project", "3", "llm.streaming.default-buffer-size", "11",
                "llm.streaming.max-chunk-size", "4096", "llm.streaming.enable-flow-control", "false",
                "llm.streaming.slow-client", "pause", "llm.streaming.slow-client-timeout", "PT9S",
                "llm.streaming.store", "redis", "llm.streaming.resume-grace", "PT4S",
                "llm.streaming.max-resume-grace", "PT8S", "llm.streaming.replay-buffer-size", "100",
                "llm.streaming.replay-store-size", "0", "llm.streaming.replay-retention", "PT1M",
                "llm.streaming.redis-url", "rediss://cache.example:7000/3", "llm.streaming.redis-connections", "9",
                "llm.streaming.heartbeat-interval", " PT1S ", "llm.streaming.session-timeout", "PT2M",
                "llm.streaming.max-sessions", "5", "llm.streaming.whole-answer-heartbeat", " always ",
                "llm.streaming.shutdown-grace", "PT20S")))
                .isEqualTo(new StreamingConfig(new StreamLimits(7, 2, 3),
                        new FlowConfig(11, 4096, false, FlowConfig.SlowClient.PAUSE, Duration.ofSeconds(9)),
                        new ReplayConfig("redis", Duration.ofSeconds(4), Duration.ofSeconds(8), 100, 0,
                                Duration.ofMinutes(1), new RedisConfig(true, "cache.example", 7000, 3, Optional.empty(),
                                        Optional.empty(), 9)),
                        new StreamingConfig.SessionConfig(Duration.ofMinutes(2), 5), Duration.ofSeconds(1),
                        WholeAnswerHeartbeat.ALWAYS, Duration.ofSeconds(20)));
        assertThat(StreamingConfig.KEYS).hasSize(21).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"max-concurrent-streams, 0", "max-concurrent-streams, many", "max-concurrent-streams, 99999999999",
        "max-concurrent-streams-per-user, 0", "max-concurrent-streams-per-project, -1", "default-buffer-size, 0",
        "max-chunk-size, 63", "enable-flow-control, yes", "slow-client, drop", "slow-client-timeout, PT0S",
        "resume-grace, PT5M0.001S", "max-resume-grace, P2D", "shutdown-grace, PT-1S", "shutdown-grace, PT1H1S", "replay-buffer-size, 0", "replay-store-size, -1",
        "replay-retention, 5", "redis-connections, 0", "session-timeout, PT0S", "max-sessions, 0", "heartbeat-interval, 15",
        "heartbeat-interval, PT0.009S", "heartbeat-interval, -PT1S", "whole-answer-heartbeat, sometimes",
        "whole-answer-heartbeat, after_first_token"})
    void badValuesAreNamedWithTheirRule(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamingConfig.load(MapConfig.of("llm.streaming." + key, value)))
                .withMessageContaining("llm.streaming." + key + " must be")
                .withMessageEndingWith("was '" + value + "'");
    }

    @Test
    void longTimesAreTaken() {
        assertThat(StreamingConfig.load(MapConfig.of("llm.streaming.heartbeat-interval", "PT8760H")).heartbeatInterval())
                .isEqualTo(Duration.ofDays(365));
    }
}
