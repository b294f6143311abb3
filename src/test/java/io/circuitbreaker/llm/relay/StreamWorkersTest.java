package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.provider.Watchdog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamWorkersTest {

    private volatile long now;
    // Not started: the tests look.
    private final Watchdog watchdog = new Watchdog();
    private final StreamWorkers workers = new StreamWorkers(watchdog, 1, () -> now);

    /** Work that a client holds up until it is let go. */
    private class Step implements StreamWorkers.Work {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch open;
        private final CountDownLatch done = new CountDownLatch(1);
        private final AtomicInteger heldUp = new AtomicInteger();
        private final CountDownLatch told = new CountDownLatch(1);
        private volatile Thread thread;

        Step(CountDownLatch open) {
            this.open = open;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            begun.countDown();
            hold();
            done.countDown();
        }

        void hold() {
            await(open);
        }

        @Override
        public void heldUp() {
            heldUp.incrementAndGet();
            told.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Until its client holds it up. */
    private static void awaitHeldUp(Step step) {
        await(step.begun);
        while (step.thread.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
    }

    private Step quick() {
        return new Step(new CountDownLatch(0));
    }

    private Step submitted(Step step) {
        workers.submit(step);
        return step;
    }

    private void look() {
        now += StreamWorkers.LOOK_NANOS;
        workers.expired();
    }

    @BeforeEach
    void start() {
        workers.start();
    }

    @AfterEach
    void stop() {
        workers.stop();
    }

    @Test
    void allIsDoneOnOneThread() {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            steps.add(submitted(quick()));
        }
        steps.forEach(step -> await(step.done));
        assertThat(steps).allSatisfy(step -> assertThat(step.thread).isSameAs(steps.getFirst().thread));
        assertThat(steps.getFirst().thread).isNotSameAs(Thread.currentThread());
        assertThat(steps).allSatisfy(step -> assertThat(step.heldUp).hasValue(0));
    }

    @Test
    void whatFailsDoesNotEndTheThread() {
        workers.submit(new StreamWorkers.Work() {

            @Override
            public void run() {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void heldUp() {
            }
        });
        await(submitted(quick()).done);
    }

    @Test
    @DisplayName("Who is held up has another in its place, and is told; others wait for two looks at most")
    void oneIsHeldUp() {
        CountDownLatch open = new CountDownLatch(1);
        Step slow = submitted(new Step(open));
        awaitHeldUp(slow);
        Step behind = submitted(quick());

        look();
        assertThat(behind.done.getCount()).as("seen at one look only").isEqualTo(1);
        look();
        await(behind.done);
        assertThat(behind.heldUp).hasValue(0);
        Step next = submitted(quick());
        await(next.done);
        assertThat(next.thread).isNotSameAs(slow.thread);

        open.countDown();
        await(slow.told);
        assertThat(slow.heldUp).hasValue(1);
    }

    @Test
    @DisplayName("Who runs has only lost its processor for a while, which another thread would only make worse; but not for long")
    void oneIsBusy() {
        CountDownLatch open = new CountDownLatch(1);
        Step busy = new Step(open) {

            @Override
            void hold() {
                while (open.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
        };
        submitted(busy);
        await(busy.begun);
        Step behind = submitted(quick());

        look();
        for (long busyFor = 0; busyFor < StreamWorkers.BUSY_NANOS - StreamWorkers.LOOK_NANOS; busyFor += StreamWorkers.LOOK_NANOS) {
            look();
        }
        assertThat(behind.done.getCount()).isEqualTo(1);
        look();
        await(behind.done);

        open.countDown();
        await(busy.told);
    }

    @Test
    @DisplayName("Nobody is replaced while nothing waits")
    void nothingWaits() {
        CountDownLatch open = new CountDownLatch(1);
        Step slow = submitted(new Step(open));
        awaitHeldUp(slow);
        look();
        look();
        look();
        open.countDown();
        Step next = submitted(quick());
        await(next.done);
        assertThat(next.thread).isSameAs(slow.thread);
        assertThat(slow.heldUp).hasValue(0);
    }

    @Test
    @DisplayName("T19: many that are held up at once are out of the others' way after a few looks: the helpers double")
    void manyAreHeldUp() {
        CountDownLatch open = new CountDownLatch(1);
        List<Step> slow = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            slow.add(submitted(new Step(open)));
        }
        Step behind = submitted(quick());
        awaitHeldUp(slow.getFirst());
        int looks = 0;
        for (int begun = 1; begun < slow.size(); looks++) {
            look();
            // The first look of each pair sees a worker for the first time; after it one worker and the helpers are held up.
            begun = Math.min(slow.size(), begun + (looks == 0 ? 0 : 1 + (1 << (looks - 1))));
            slow.subList(0, begun).forEach(StreamWorkersTest::awaitHeldUp);
        }
        look();
        look();
        await(behind.done);
        assertThat(looks).isLessThan(12);
        open.countDown();
        slow.forEach(step -> await(step.done));
    }

    @Test
    @DisplayName("Without work the watch rests, and work wakes it")
    void theWatchRests() {
        assertThat(workers.due()).isEqualTo(Watchdog.NEVER);
        await(submitted(quick()).done);
        assertThat(workers.due()).isEqualTo(StreamWorkers.LOOK_NANOS);
        for (int i = 0; i < 100; i++) {
            look();
        }
        assertThat(workers.due()).isEqualTo(Watchdog.NEVER);
        await(submitted(quick()).done);
        assertThat(workers.due()).isNotEqualTo(Watchdog.NEVER);
    }
}
