package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamingConfigTest {

    @Test
    void defaults() {
        assertThat(StreamingConfig.load(MapConfig.of())).isEqualTo(
                new StreamingConfig(1000, Duration.ofSeconds(15), WholeAnswerHeartbeat.AFTER_FIRST_TOKEN));
    }

    @Test
    void everyPropertyIsMapped() {
        assertThat(StreamingConfig.load(MapConfig.of("llm.streaming.max-concurrent-streams", " 7 ",
                "llm.streaming.heartbeat-interval", " PT1S ",
                "llm.streaming.whole-answer-heartbeat", " always ")))
                .isEqualTo(new StreamingConfig(7, Duration.ofSeconds(1), WholeAnswerHeartbeat.ALWAYS));
        assertThat(StreamingConfig.KEYS).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"max-concurrent-streams, 0", "max-concurrent-streams, many", "max-concurrent-streams, 99999999999",
        "heartbeat-interval, 15", "heartbeat-interval, PT0.009S", "heartbeat-interval, -PT1S", "whole-answer-heartbeat, sometimes",
        "whole-answer-heartbeat, after_first_token"})
    void badValuesAreNamedWithTheirRule(String key, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamingConfig.load(MapConfig.of("llm.streaming." + key, value)))
                .withMessageContaining("llm.streaming." + key + " must be").withMessageContaining("was");
    }

    @Test
    void longTimesAreTaken() {
        assertThat(StreamingConfig.load(MapConfig.of("llm.streaming.heartbeat-interval", "PT8760H"))
                .heartbeatInterval())
                .isEqualTo(Duration.ofDays(365));
    }
}
