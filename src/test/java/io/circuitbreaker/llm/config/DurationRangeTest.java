package io.circuitbreaker.llm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationRangeTest {

    private static final DurationRange RANGE = new DurationRange(Duration.ofSeconds(1), Duration.ofMinutes(5), "PT30S");

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT5M", "PT300S", "  PT2.5S\t"})
    void whatIsWithinTheRangeIsTaken(String value) {
        assertThat(RANGE.parse("llm.x", value)).isEqualTo(Duration.parse(value.strip()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.999S", "PT5M0.001S", "PT-1S", "30", "30s", "", "PT"})
    void anythingElseIsRefusedByNameRuleAndValue(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> RANGE.parse("llm.x", value))
                .withMessage("llm.x must be an ISO-8601 duration from PT1S to PT5M such as PT30S, was '" + value + "'");
    }

    @Test
    void aLongValueIsNotRepeated() {
        assertThatIllegalArgumentException().isThrownBy(() -> RANGE.parse("llm.x", "9".repeat(10_000)))
                .withMessageEndingWith("was '" + "9".repeat(40) + "…'");
    }
}
