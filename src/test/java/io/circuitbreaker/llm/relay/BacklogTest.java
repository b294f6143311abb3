package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The test's own thread is the first and the watch; where that waits, others are the second. */
@Timeout(30)
class BacklogTest {

    private static final ReadAhead READER = new ReadAhead() {
        @Override
        public boolean readOn(BooleanSupplier wanted) {
            throw new AssertionError("nobody reads here");
        }

        @Override
        public void conclude() {
            throw new AssertionError("nobody concludes here");
        }
    };

    private final AtomicReference<DeliveryPhase> phase = new AtomicReference<>(DeliveryPhase.DELIVERING);
    private final Steps steps = new Steps();
    private final Backlog backlog = new Backlog(new WaitingEvents(1, 1, _ -> Optional.empty()), phase, steps);

    /** Runs it on another thread and returns when it waits there. */
    private static Thread waiting(Runnable work) {
        Thread thread = Thread.ofPlatform().daemon().start(work);
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).as("it has not gone on without a wait").isTrue();
            Thread.yield();
        }
        return thread;
    }

    private void share() {
        backlog.lend(READER);
        assertThat(backlog.claim()).contains(READER);
    }

    private void takeBack(CountDownLatch takenBack) {
        if (backlog.takeBack()) {
            takenBack.countDown();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nobodyReadsForAFirstThreadThatIsNotWithTheClient() {
        backlog.lend(READER);
        phase.set(DeliveryPhase.RESTING);
        assertThat(backlog.claim()).isEmpty();
        assertThat(phase).hasValue(DeliveryPhase.RESTING);
    }

    @Test
    void oneReadsAtATimeUntilAllIsRead() {
        share();
        assertThat(phase).hasValue(DeliveryPhase.SHARED);
        assertThat(backlog.claim()).as("while one reads").isEmpty();
        backlog.stopReading();
        assertThat(backlog.claim()).contains(READER);
        backlog.finishReading();
        backlog.stopReading();
        assertThat(backlog.claim()).as("when all has been read").isEmpty();
    }

    @Test
    void whoReadsWaitsForRoom() throws InterruptedException {
        share();
        backlog.keep(1, "a");
        Thread second = waiting(() -> backlog.keep(2, "b"));
        assertThat(backlog.poll()).contains(new WaitingEvents.Event(1, "a"));
        second.join();
        assertThat(backlog.poll()).contains(new WaitingEvents.Event(2, "b"));
        assertThat(backlog.poll()).isEmpty();
    }

    @Test
    void nothingIsKeptForALostClientAndNobodyWaitsForRoom() throws InterruptedException {
        share();
        backlog.keep(1, "a");
        Thread second = waiting(() -> backlog.keep(2, "b"));
        backlog.close();
        second.join();
        backlog.keep(3, "c");
        assertThat(backlog.poll()).isEmpty();
    }

    @Test
    void theReadingIsTakenBackWhenItHasStopped() throws InterruptedException {
        share();
        assertThat(backlog.readingIsWanted()).isTrue();
        CountDownLatch takenBack = new CountDownLatch(1);
        waiting(() -> takeBack(takenBack));
        assertThat(backlog.readingIsWanted()).isFalse();
        assertThat(phase).hasValue(DeliveryPhase.SHARED);
        backlog.stopReading();
        await(takenBack);
        assertThat(phase).hasValue(DeliveryPhase.RESTING);
    }

    @Test
    void whatComesWhileTheFirstThreadWaitsIsDeliveredBeforeTheReadingIsTakenBack() throws InterruptedException {
        share();
        CountDownLatch takenBack = new CountDownLatch(1);
        Thread first = waiting(() -> takeBack(takenBack));
        backlog.keep(1, "a");
        first.join();
        assertThat(takenBack.getCount()).isEqualTo(1);
        assertThat(phase).hasValue(DeliveryPhase.SHARED);
        assertThat(backlog.poll()).contains(new WaitingEvents.Event(1, "a"));
        assertThat(backlog.waitsForReading()).as("it is with the client").isFalse();
        backlog.stopReading();
        assertThat(backlog.takeBack()).isTrue();
    }

    @Test
    void aFirstThreadThatIsHeldUpAgainIsReadForAgain() {
        share();
        backlog.keep(1, "a");
        assertThat(backlog.takeBack()).as("with no wait, since something is left").isFalse();
        backlog.stopReading();
        assertThat(backlog.claim()).contains(READER);
        assertThat(backlog.readingIsWanted()).isTrue();
    }

    @Test
    void whatTheFirstThreadDoesHereIsSeenByTheWatch() {
        assertThat(steps.heldUpNanos(1, false)).isNotEqualTo(Steps.NOT_HELD_UP);
        backlog.poll();
        assertThat(steps.heldUpNanos(2, false)).isEqualTo(Steps.NOT_HELD_UP);
        backlog.takeBack();
        assertThat(steps.heldUpNanos(3, false)).isEqualTo(Steps.NOT_HELD_UP);
    }

    @Test
    void theFirstThreadIsNotTheClientsWhileItWaitsForTheSecond() throws InterruptedException {
        share();
        assertThat(backlog.waitsForReading()).as("it is with the client").isFalse();
        CountDownLatch takenBack = new CountDownLatch(1);
        waiting(() -> takeBack(takenBack));
        assertThat(backlog.waitsForReading()).isTrue();
        backlog.stopReading();
        await(takenBack);
        assertThat(backlog.waitsForReading()).isFalse();
    }

    @Test
    void theFirstThreadWaitsForWhoGivesItsClientUp() throws InterruptedException {
        share();
        assertThat(backlog.startGivingUp()).isTrue();
        assertThat(backlog.startGivingUp()).as("once").isFalse();
        backlog.giveUp();
        backlog.stopReading();
        CountDownLatch takenBack = new CountDownLatch(1);
        waiting(() -> takeBack(takenBack));
        assertThat(backlog.waitsForReading()).as("nobody reads").isFalse();
        backlog.stopGivingUp();
        await(takenBack);
        assertThat(backlog.startGivingUp()).as("ever again").isFalse();
    }

    @Test
    void oneOfTwoSaysTheEndForAClientThatIsGivenUp() {
        share();
        assertThat(backlog.readToTheEnd()).isEmpty();
        assertThat(backlog.finishReading()).as("it is not given up yet").isFalse();
        backlog.giveUp();
        assertThat(backlog.readToTheEnd()).contains(READER);
        assertThat(backlog.finishReading()).as("it is given up").isTrue();
    }

    @Test
    void onlyAFirstThreadThatIsHeldUpIsLeftAnEnd() {
        Runnable end = () -> { };
        assertThat(backlog.deferEnd(end)).isFalse();
        assertThat(backlog.deferFailure(end)).isFalse();
        assertThat(backlog.afterwards()).isEmpty();
        share();
        backlog.keep(1, "a");
        assertThat(backlog.deferEnd(end)).isTrue();
        assertThat(backlog.afterwards()).contains(end);
        assertThat(backlog.poll()).as("delivered before").isPresent();
    }

    @Test
    void aFailureThatIsLeftToTheFirstThreadDropsWhatWaits() {
        Runnable failure = () -> { };
        share();
        backlog.keep(1, "a");
        assertThat(backlog.deferFailure(failure)).isTrue();
        assertThat(backlog.afterwards()).contains(failure);
        assertThat(backlog.poll()).isEmpty();
    }
}
