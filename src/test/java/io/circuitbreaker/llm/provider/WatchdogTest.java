package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private final List<String> handled = new ArrayList<>();
    private long now;
    private final Watchdog watchdog = new Watchdog(() -> now);

    /** Ends when it has expired, unless told otherwise. */
    private class Entry implements Watched {

        private final String name;
        private long due;

        Entry(String name, long due) {
            this.name = name;
            this.due = due;
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public void expired() {
            handled.add(name);
            due = Watchdog.NEVER;
        }
    }

    /** Counts down once, on whichever thread expires it. */
    private static final class Alarm implements Watched {

        private final CountDownLatch rung;
        private volatile long due;

        Alarm(long due, CountDownLatch rung) {
            this.due = due;
            this.rung = rung;
        }

        @Override
        public long due() {
            return due;
        }

        @Override
        public void expired() {
            due = Watchdog.NEVER;
            rung.countDown();
        }
    }

    private Entry watch(String name, long due) {
        Entry entry = new Entry(name, due);
        watchdog.watch(entry);
        return entry;
    }

    private void lookAt(long time) {
        now = time;
        watchdog.look();
    }

    @Test
    void dueEntriesAreHandledInOrder() {
        watch("c", 30);
        watch("a", 10);
        watch("d", 40);
        watch("b", 20);

        lookAt(30);

        assertThat(handled).containsExactly("a", "b", "c");
        assertThat(watchdog.size()).isEqualTo(1);
    }

    @Test
    void whatMovedLaterIsNotHandledEarly() {
        Entry entry = watch("a", 10);
        entry.due = 50;
        lookAt(49);
        assertThat(handled).isEmpty();

        lookAt(50);
        assertThat(handled).containsExactly("a");
    }

    @Test
    void whatMovedEarlierIsHandledThenOnceItIsWatchedAgain() {
        Entry entry = watch("a", 100);
        entry.due = 10;
        watchdog.watch(entry);

        lookAt(10);
        lookAt(200);

        assertThat(handled).containsExactly("a");
    }

    @Test
    void whatHasEndedLeavesWhenItsTimeComes() {
        Entry entry = watch("a", 10);
        entry.due = Watchdog.NEVER;
        watchdog.watch(entry);
        assertThat(watchdog.size()).isEqualTo(1);

        lookAt(10);

        assertThat(handled).isEmpty();
        assertThat(watchdog.size()).isZero();
    }

    @Test
    void timeMayWrapAround() {
        now = Long.MAX_VALUE - 20;
        watch("after", Long.MIN_VALUE + 10);
        watch("before", Long.MAX_VALUE - 10);

        lookAt(Long.MAX_VALUE - 10);
        assertThat(handled).containsExactly("before");
        lookAt(Long.MIN_VALUE + 10);
        assertThat(handled).containsExactly("before", "after");
    }

    @Test
    void theNextLookIsWhenTheFirstIsDue() {
        watch("later", 9 * Watchdog.RESOLUTION_NANOS);
        watch("first", 5 * Watchdog.RESOLUTION_NANOS);

        assertThat(watchdog.planNextLook()).isEqualTo(5 * Watchdog.RESOLUTION_NANOS);
    }

    @Test
    @DisplayName("Entries that are due one after the other are handled together: not each wakes the thread")
    void theNextLookIsNotSoonerThanTheResolution() {
        watch("a", 1);
        watch("b", Watchdog.RESOLUTION_NANOS);
        watch("c", Watchdog.RESOLUTION_NANOS + 1);

        lookAt(watchdog.planNextLook());

        assertThat(handled).containsExactly("a", "b");
    }

    @Test
    @DisplayName("A running watchdog that waits for something late hears of what is earlier")
    void anEarlierEntryWakesTheThread() throws InterruptedException {
        Watchdog running = new Watchdog();
        CountDownLatch expired = new CountDownLatch(1);
        running.start();
        try {
            running.watch(new Alarm(System.nanoTime() + TimeUnit.HOURS.toNanos(1), new CountDownLatch(1)));
            running.watch(new Alarm(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1), expired));

            assertThat(expired.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            running.stop();
        }
    }

    @Test
    void oneThatFailsDoesNotStopTheOthers() {
        watchdog.watch(new Watched() {
            @Override
            public long due() {
                return 1;
            }

            @Override
            public void expired() {
                throw new OutOfMemoryError("a test's own");
            }
        });
        watch("other", 2);

        lookAt(2);

        assertThat(handled).containsExactly("other");
    }

    @Test
    void oneThatStaysDueIsHandledOnce() {
        AtomicInteger calls = new AtomicInteger();
        watchdog.watch(new Watched() {
            @Override
            public long due() {
                return 1;
            }

            @Override
            public void expired() {
                calls.incrementAndGet();
            }
        });

        lookAt(1);

        assertThat(calls).hasValue(1);
    }

    @Test
    void oneThatMovesItsTimeIsHandledAgain() {
        Entry[] beats = new Entry[1];
        beats[0] = new Entry("beat", 10) {
            @Override
            public void expired() {
                super.expired();
                beats[0].due = now + 10;
            }
        };
        watchdog.watch(beats[0]);
        lookAt(10);
        lookAt(19);
        lookAt(20);
        assertThat(handled).containsExactly("beat", "beat");
    }

    @Test
    @DisplayName("The thread waits for what is due; it neither spins nor sleeps past what moved to the front")
    void theThreadWaits() throws InterruptedException {
        AtomicLong looks = new AtomicLong();
        Watchdog running = new Watchdog(() -> {
            looks.incrementAndGet();
            return System.nanoTime();
        });
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch soon = new CountDownLatch(1);
        running.start();
        try {
            running.watch(countingDown(late, Duration.ofHours(1)));
            running.watch(countingDown(soon, Duration.ofMillis(200)));
            assertThat(soon.await(10, TimeUnit.SECONDS)).isTrue();
            // Start, two entries and the due one cost a few looks each; a spinning thread would make millions.
            assertThat(looks.get()).isLessThan(50);
            assertThat(late.getCount()).isEqualTo(1);
        } finally {
            running.stop();
        }
    }

    private static Watched countingDown(CountDownLatch latch, Duration after) {
        long due = System.nanoTime() + after.toNanos();
        return new Watched() {
            @Override
            public long due() {
                return latch.getCount() == 0 ? Watchdog.NEVER : due;
            }

            @Override
            public void expired() {
                latch.countDown();
            }
        };
    }
}
