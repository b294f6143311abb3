package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CancellationTest {

    private static final Failure GONE = new Failure.ClientGone("gone");

    @Test
    void aWaitTakesItsTime() {
        long begun = System.nanoTime();
        new Cancellation().await(Duration.ofMillis(20));
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(20_000_000L);
    }

    @Test
    void aCancelEndsAWaitAtOnce() throws InterruptedException {
        Cancellation cancellation = new Cancellation();
        Thread waiting = Thread.currentThread();
        Thread other = Thread.startVirtualThread(() -> {
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            cancellation.cancel(GONE);
        });
        assertThat(catchThrowableOfType(LlmException.class, () -> cancellation.await(Duration.ofHours(1))).failure())
                .isEqualTo(GONE);
        other.join();
    }

    @Test
    void whatIsCancelledDoesNotWait() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(GONE);
        assertThat(catchThrowableOfType(LlmException.class, () -> cancellation.await(Duration.ofHours(1))).failure())
                .isEqualTo(GONE);
    }

    @Test
    void anInterruptEndsAWaitAndStaysSet() {
        Thread.currentThread().interrupt();
        assertThat(catchThrowableOfType(LlmException.class, () -> new Cancellation().await(Duration.ofHours(1))).failure())
                .isInstanceOf(Failure.Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aPartEndsWithTheWholeAndNotTheOtherWayRound() {
        Cancellation whole = new Cancellation();
        Cancellation first = whole.part();
        Cancellation second = whole.part();
        first.cancel(new Failure.Cancelled("another was faster"));
        assertThat(whole.reason()).isEmpty();
        assertThat(second.reason()).isEmpty();

        whole.cancel(GONE);

        assertThat(second.reason()).contains(GONE);
        assertThat(first.reason()).contains(new Failure.Cancelled("another was faster"));
        assertThat(whole.part().reason()).as("made after the end").contains(GONE);
    }
}
