package io.circuitbreaker.llm.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CreditTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final Failure TOO_SLOW = new Failure.SlowClient("too slow");

    private static Credit credit(long chunks, Duration patience) {
        return new Credit(true, chunks, patience, () -> TOO_SLOW);
    }

    private static FutureTask<Void> taking(Credit credit) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Void> taking = new FutureTask<>(() -> {
            begun.countDown();
            credit.take();
            return null;
        });
        Thread.ofVirtual().start(taking);
        begun.await();
        return taking;
    }

    @Test
    void eachChunkUsesOneAndWaitsForMore() throws Exception {
        Credit credit = credit(1, LONG);
        credit.take();
        FutureTask<Void> taking = taking(credit);
        assertThat(taking.isDone()).isFalse();
        credit.add(1);
        taking.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> credit(0, Duration.ZERO).take()).hasMessage("too slow");
    }

    @Test
    @DisplayName("Who was too slow once is so for good: what comes after the chunk that was not sent must not be")
    void whoWasTooSlowGetsNothingMore() {
        AtomicInteger asked = new AtomicInteger();
        Credit credit = new Credit(true, 0, Duration.ZERO,
                () -> new Failure.SlowClient("too slow " + asked.incrementAndGet()));
        assertThatThrownBy(credit::take).hasMessage("too slow 1");
        credit.add(1);
        assertThatThrownBy(credit::take).hasMessage("too slow 1");
        credit.end(new Failure.Cancelled("later"));
        assertThatThrownBy(credit::take).hasMessage("too slow 1");
    }

    @Test
    void withoutFlowControlThereIsNoLimit() {
        Credit credit = new Credit(false, 0, Duration.ZERO, () -> TOO_SLOW);
        for (int i = 0; i < 1000; i++) {
            credit.take();
        }
    }

    @Test
    void whoWaitsIsWokenByTheEndAndFailsWithItsReason() throws Exception {
        Credit credit = credit(0, LONG);
        FutureTask<Void> taking = taking(credit);
        Failure why = new Failure.Cancelled("as its client wished");
        credit.end(why);
        credit.end(new Failure.ClientGone("later"));
        assertThatThrownBy(() -> taking.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(LlmException.class, e -> assertThat(e.failure()).isEqualTo(why));
        credit.add(5);
        assertThatThrownBy(credit::take).hasMessage("as its client wished");
    }

    @Test
    void creditDoesNotOverflow() {
        Credit credit = credit(Credit.MOST, LONG);
        credit.add(Credit.MOST);
        credit.take();
    }
}
