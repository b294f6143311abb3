package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarmUpLimitTest {

    @ParameterizedTest
    @CsvSource({"PT0S, PT0S", "' PT90S ', PT1M30S", "PT1H, PT1H"})
    void aDurationIsTaken(String value, Duration limit) {
        assertThat(WarmUp.LIMITS.parse(WarmUp.KEY, value)).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2m", "PT-1S", "PT1H0.001S", "off"})
    void anythingElseIsRefusedWithKeyRuleAndValue(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> WarmUp.LIMITS.parse(WarmUp.KEY, value))
                .withMessage("llm.warm-up must be an ISO-8601 duration from PT0S to PT1H such as PT2M, was '" + value + "'");
    }
}
