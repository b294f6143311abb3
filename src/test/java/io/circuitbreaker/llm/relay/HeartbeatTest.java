package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.provider.Watchdog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    @Test
    void itBeatsOnAVirtualThreadAndIsDueAgain() throws InterruptedException {
        Semaphore beats = new Semaphore(0);
        Heartbeat heartbeat = new Heartbeat(HOUR, System::nanoTime, () -> {
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            beats.release();
        });
        long first = heartbeat.due();

        heartbeat.expired();

        assertThat(beats.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(heartbeat.due() - first).isPositive();
    }

    @Test
    void whatIsSentMovesTheNextBeat() {
        AtomicLong sentAt = new AtomicLong(System.nanoTime());
        Heartbeat heartbeat = new Heartbeat(HOUR, sentAt::get, () -> { });

        long sent = sentAt.addAndGet(HOUR / 4);

        assertThat(heartbeat.due() - sent).isEqualTo(HOUR);
    }

    @Test
    void theNextBeatWaitsForOneThatAClientHoldsUp() throws InterruptedException {
        CountDownLatch client = new CountDownLatch(1);
        Semaphore begun = new Semaphore(0);
        AtomicInteger beats = new AtomicInteger();
        Heartbeat heartbeat = new Heartbeat(HOUR, System::nanoTime, () -> {
            beats.incrementAndGet();
            begun.release();
            try {
                client.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        heartbeat.expired();
        begun.acquire();
        heartbeat.expired();
        heartbeat.expired();
        assertThat(beats).hasValue(1);
        client.countDown();
        // Between the beat's end and its being noted there is a moment in which another is left out.
        while (!begun.tryAcquire(10, TimeUnit.MILLISECONDS)) {
            heartbeat.expired();
        }
        assertThat(beats).hasValue(2);
    }

    @Test
    void afterItsStopItIsNotDueAnyMoreAndHoldsNothing() {
        AtomicInteger beats = new AtomicInteger();
        Heartbeat heartbeat = new Heartbeat(HOUR, System::nanoTime, beats::incrementAndGet);
        heartbeat.stop();
        assertThat(heartbeat.due()).isEqualTo(Watchdog.NEVER);
        heartbeat.expired();
        assertThat(heartbeat.due()).isEqualTo(Watchdog.NEVER);
        assertThat(beats).hasValue(0);
    }
}
