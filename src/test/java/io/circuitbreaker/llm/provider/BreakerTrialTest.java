package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTrialTest {

    private final BreakerTrial trial = new BreakerTrial();

    @Test
    void whileNobodyIsRefusedNoAttemptIsATrial() {
        assertThat(trial.begin()).isFalse();
    }

    @Test
    void theNextAttemptAfterARefusalIs() {
        trial.expect();
        trial.expect();
        assertThat(trial.begin()).isTrue();
        assertThat(trial.begin()).isFalse();
    }

    @Test
    void afterATrialThatPassedNoneIsWhoeverWasRefusedMeanwhile() {
        trial.expect();
        trial.begin();
        trial.expect();
        trial.passed();
        assertThat(trial.begin()).isFalse();
    }
}
