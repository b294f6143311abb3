package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ColdStartTest {

    @Test
    void theOthersWaitForTheFirst() throws InterruptedException {
        ColdStart cold = new ColdStart(Duration.ofHours(1));
        cold.enter();
        CountDownLatch entered = new CountDownLatch(1);
        Thread second = Thread.ofVirtual().start(() -> {
            cold.enter();
            entered.countDown();
        });
        while (second.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(entered.getCount()).isEqualTo(1);

        cold.over();

        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void afterThatNobodyWaits() {
        ColdStart cold = new ColdStart(Duration.ofHours(1));
        cold.enter();
        cold.over();
        cold.enter();
        cold.enter();
    }

    @Test
    void aFirstThatTakesTooLongIsWaitedForOnlyOnce() {
        ColdStart cold = new ColdStart(Duration.ofMillis(1));
        cold.enter();
        cold.enter();
        cold.enter();
    }
}
