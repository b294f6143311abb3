package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamGuardTest {

    private static final Deadlines DEADLINES = new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(10),
            Duration.ofSeconds(4), Duration.ofSeconds(60), Duration.ofSeconds(3), Duration.ofSeconds(2));
    // Close to the wrap-around of nanoTime, which is passed in most tests.
    private static final long START = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private final List<Watched> watched = new ArrayList<>();
    private long now = START;
    private final StreamGuard guard = new StreamGuard("test", DEADLINES, () -> now, watched::add);

    @AfterEach
    void leaveNoInterrupt() {
        Thread.interrupted();
    }

    private void pass(Duration time) {
        now += time.toNanos();
        guard.expired();
    }

    private Deadline exceeded() {
        return ((Failure.DeadlineExceeded) guard.reason().orElseThrow()).deadline();
    }

    @Test
    @DisplayName("T14: no token within the first-token limit")
    void firstToken() {
        pass(Duration.ofMillis(9_999));
        assertThat(guard.isOver()).isFalse();
        assertThat(guard.due()).isEqualTo(START + Duration.ofSeconds(10).toNanos());

        pass(Duration.ofMillis(1));

        assertThat(exceeded()).isEqualTo(Deadline.FIRST_TOKEN);
        assertThat(guard.reason().orElseThrow().message()).isEqualTo("provider 'test' sent no token within 10000 ms");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("T13: all that comes before the request goes out is connecting: each address, and TLS")
    void connecting() {
        guard.connecting();
        assertThat(guard.due()).isEqualTo(START + Duration.ofSeconds(1).toNanos());
        pass(Duration.ofMillis(999));
        assertThat(guard.isOver()).isFalse();

        pass(Duration.ofMillis(1));

        assertThat(exceeded()).isEqualTo(Deadline.CONNECT);
        assertThat(guard.reason().orElseThrow().message())
                .isEqualTo("provider 'test' did not take the connection within 1000 ms");
    }

    @Test
    @DisplayName("T14: the first token's time counts from the begin, with or without a connection in between")
    void connected() {
        guard.connecting();
        pass(Duration.ofMillis(900));
        guard.connecting();
        pass(Duration.ofMillis(900));
        guard.connected();
        pass(Duration.ofMillis(8_199));
        assertThat(guard.isOver()).isFalse();

        pass(Duration.ofMillis(1));

        assertThat(exceeded()).isEqualTo(Deadline.FIRST_TOKEN);
    }

    @Test
    void aConnectionThatComesLateSaysNothingOfWhatFlows() {
        guard.connecting();
        guard.connected();
        guard.progress();
        guard.connected();
        pass(Duration.ofSeconds(4));
        assertThat(exceeded()).isEqualTo(Deadline.IDLE);
    }

    @Test
    @DisplayName("T30: more after a finish takes it back")
    void aTokenAfterTheFinish() {
        guard.progress();
        guard.finishing();
        guard.progress();
        pass(Duration.ofMillis(3_999));
        assertThat(guard.isOver()).isFalse();

        pass(Duration.ofMillis(1));

        assertThat(exceeded()).isEqualTo(Deadline.IDLE);
    }

    @Test
    @DisplayName("T13: after the first token the idle limit counts, from the last token on")
    void idle() {
        guard.progress();
        pass(Duration.ofSeconds(3));
        guard.progress();
        pass(Duration.ofMillis(3_999));
        assertThat(guard.isOver()).isFalse();

        pass(Duration.ofMillis(1));

        assertThat(exceeded()).isEqualTo(Deadline.IDLE);
    }

    @Test
    @DisplayName("T12, T15: only tokens are progress; what else comes moves no deadline")
    void pingsAreNoProgress() {
        guard.progress();
        for (int ping = 0; ping < 4; ping++) {
            assertThat(guard.isOver()).isFalse();
            // A ping is read and leads to no call at all, but the owner has been awake.
            guard.await();
            pass(Duration.ofSeconds(1));
        }
        assertThat(exceeded()).isEqualTo(Deadline.IDLE);
    }

    @Test
    @DisplayName("T13: tokens for ever end by the total limit")
    void total() {
        for (int second = 0; second < 59; second++) {
            guard.progress();
            pass(Duration.ofSeconds(1));
        }
        assertThat(guard.isOver()).isFalse();
        guard.progress();

        pass(Duration.ofSeconds(1));

        assertThat(exceeded()).isEqualTo(Deadline.TOTAL);
    }

    @Test
    @DisplayName("T12: after the finish there is a short grace, whose end is no failure")
    void grace() {
        guard.progress();
        guard.finishing();
        pass(Duration.ofMillis(2_999));
        guard.finishing();
        assertThat(guard.isOver()).isFalse();

        pass(Duration.ofMillis(1));

        assertThat(guard.graceOver()).isTrue();
        assertThat(guard.reason()).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    @DisplayName("T04: the wait for the connection's end has a limit of its own")
    void drain() {
        guard.finishing();
        guard.draining();

        pass(Duration.ofSeconds(2));

        assertThat(guard.graceOver()).isTrue();
    }

    @Test
    void eachEarlierDueTimeIsToldToTheWatchdog() {
        guard.arm();
        guard.progress();
        guard.progress();
        guard.finishing();
        guard.draining();
        assertThat(watched).containsExactly(guard, guard, guard, guard);
    }

    @Test
    void aTokenThatComesWhileTheWatchdogIsOnItsWayCounts() {
        guard.progress();
        now += Duration.ofSeconds(4).toNanos();
        guard.progress();

        guard.expired();

        assertThat(guard.isOver()).isFalse();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    @DisplayName("A slow client is not the provider's fault: while the owner is away only the total limit counts")
    void awayOwner() {
        guard.progress();
        guard.rest();
        pass(Duration.ofSeconds(4));
        assertThat(guard.isOver()).isFalse();
        assertThat(guard.due()).isEqualTo(now + Duration.ofSeconds(4).toNanos());

        pass(Duration.ofSeconds(56));

        assertThat(guard.reason()).containsInstanceOf(Failure.SlowClient.class);
        assertThat(guard.reason().orElseThrow().message()).isEqualTo("the client held up its answer for 60000 of the 60000 ms"
                + " that it may take (llm.provider.test.total-timeout)");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    @DisplayName("Whoever took more of the total time is to blame for its end")
    void sharedTotal() {
        assertThat(afterTwoSecondsEach(Duration.ofMillis(1_100))).isInstanceOf(Failure.SlowClient.class);
        assertThat(afterTwoSecondsEach(Duration.ofMillis(900))).isInstanceOf(Failure.DeadlineExceeded.class);
        // A stream that keeps its owner busy is no slow client's.
        assertThat(afterTwoSecondsEach(Duration.ofMillis(99))).isInstanceOf(Failure.DeadlineExceeded.class);
    }

    /** @param away for how much of each two seconds the owner is away */
    private Failure afterTwoSecondsEach(Duration away) {
        StreamGuard shared = new StreamGuard("test", DEADLINES, () -> now, watched::add);
        while (!shared.isOver()) {
            shared.progress();
            shared.rest();
            now += away.toNanos();
            shared.await();
            now += Duration.ofSeconds(2).minus(away).toNanos();
            shared.expired();
        }
        return shared.reason().orElseThrow();
    }

    @Test
    void theGraceOfAnAwayOwnerWaitsForIt() {
        guard.finishing();
        guard.rest();
        pass(Duration.ofSeconds(3));
        assertThat(guard.isOver()).isFalse();

        guard.await();
        pass(Duration.ofSeconds(3));

        assertThat(guard.graceOver()).isTrue();
    }

    @Test
    void onlyTheFirstReasonCounts() {
        Failure first = new Failure.ClientGone("first");
        guard.cancel(first);
        guard.cancel(new Failure.Cancelled("second"));
        pass(Duration.ofMinutes(5));
        assertThat(guard.reason()).contains(first);
        assertThat(guard.due()).isEqualTo(Watchdog.NEVER);
    }

    @Test
    @DisplayName("T57: an owner that is busy elsewhere is not interrupted; what it has open is closed by another")
    void cancelOfAnAwayOwner() {
        AtomicInteger actions = new AtomicInteger();
        guard.onCancel(actions::incrementAndGet);
        guard.rest();

        guard.cancel(new Failure.ClientGone("gone"));

        assertThat(Thread.interrupted()).isFalse();
        assertThat(actions).hasValue(1);
    }

    @Test
    @DisplayName("An interrupt that came too late to break a read is undone, and the connection is closed instead")
    void interruptThatMissedItsRead() {
        AtomicInteger actions = new AtomicInteger();
        guard.onCancel(actions::incrementAndGet);

        guard.cancel(new Failure.ClientGone("gone"));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(actions).hasValue(0);
        guard.rest();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(actions).hasValue(1);
    }

    @Test
    void theEndOfTheGraceClosesNothingByItself() {
        AtomicInteger actions = new AtomicInteger();
        guard.onCancel(actions::incrementAndGet);
        guard.finishing();
        pass(Duration.ofSeconds(3));
        guard.rest();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(actions).hasValue(0);
    }

    @Test
    @DisplayName("After release nothing is interrupted, nothing is run, and an interrupt that was on its way is undone")
    void release() {
        AtomicInteger actions = new AtomicInteger();
        guard.onCancel(actions::incrementAndGet);
        guard.cancel(new Failure.ClientGone("gone"));
        guard.release();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        guard.rest();
        guard.cancel(new Failure.Cancelled("late"));
        pass(Duration.ofMinutes(2));

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(actions).hasValue(0);
        assertThat(guard.due()).isEqualTo(Watchdog.NEVER);
    }

    @Test
    void interruptsOfOthersAreLeftAlone() {
        Thread.currentThread().interrupt();
        guard.rest();
        guard.release();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void afterAnAdoptionTheNewOwnerIsInterruptedAndNotTheOld() {
        guard.progress();
        guard.rest();
        boolean interrupted = OnVirtualThread.call(() -> {
            guard.adopt();
            guard.await();
            guard.cancel(new Failure.ClientGone("gone"));
            boolean reached = Thread.currentThread().isInterrupted();
            guard.rest();
            assertThat(Thread.currentThread().isInterrupted()).as("left over").isFalse();
            guard.release();
            return reached;
        });
        assertThat(interrupted).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(guard.reason()).contains(new Failure.ClientGone("gone"));
    }

    @Test
    @DisplayName("T57: while nobody waits with a thread, a cancel is told instead")
    void cancelledWhileAway() {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger aborted = new AtomicInteger();
        guard.onCancel(aborted::incrementAndGet);
        guard.leave(told::incrementAndGet);
        guard.cancel(new Failure.ClientGone("gone"));
        assertThat(told).hasValue(1);
        assertThat(aborted).as("whoever is told ends it").hasValue(0);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        guard.rest();
        assertThat(aborted).hasValue(1);
    }

    @Test
    @DisplayName("T13: deadlines count while nobody waits with a thread")
    void silenceWhileAway() {
        AtomicInteger told = new AtomicInteger();
        guard.progress();
        guard.leave(told::incrementAndGet);
        pass(Duration.ofSeconds(4));
        assertThat(exceeded()).isEqualTo(Deadline.IDLE);
        assertThat(told).hasValue(1);
    }

    @Test
    void theGraceEndsWhileAway() {
        AtomicInteger told = new AtomicInteger();
        guard.finishing();
        guard.leave(told::incrementAndGet);
        pass(Duration.ofSeconds(3));
        assertThat(guard.graceOver()).isTrue();
        assertThat(told).hasValue(1);
    }

    @Test
    void whoComesBackIsInterruptedAgain() {
        AtomicInteger told = new AtomicInteger();
        guard.leave(told::incrementAndGet);
        guard.rest();
        guard.adopt();
        guard.await();
        guard.cancel(new Failure.ClientGone("gone"));
        assertThat(told).hasValue(0);
        assertThat(Thread.interrupted()).isTrue();
    }
}
