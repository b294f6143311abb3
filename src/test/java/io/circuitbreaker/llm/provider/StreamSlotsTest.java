package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StreamSlotsTest {

    private static final Failure GONE = new Failure.ClientGone("gone");
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Watchdog watchdog = new Watchdog(now::get);

    private StreamSlots slots(int streams, int queued) {
        ProviderConfig config = ProviderConfig.load(MapConfig.of(
                "llm.provider.test.max-concurrent-streams", Integer.toString(streams),
                "llm.provider.test.max-queued-requests", Integer.toString(queued),
                "llm.provider.test.queue-timeout", LIMIT.toString()), "test", List.of());
        return new StreamSlots(config, now::get, watchdog::watch);
    }

    private static ProviderCall waiting(Cancellation cancellation) {
        ProviderCall call = TestUpstream.call(Requests.saying("Hi"), cancellation);
        call.waitIfFull();
        return call;
    }

    private static ProviderCall waiting() {
        return waiting(new Cancellation());
    }

    /** Takes a place on a thread of its own, and waits until that is in the queue. */
    private static OnVirtualThread<Optional<Failure>> queue(StreamSlots slots, ProviderCall call) {
        int before = slots.queued();
        OnVirtualThread<Optional<Failure>> taking = OnVirtualThread.start(() -> take(slots, call));
        while (slots.queued() == before) {
            Thread.onSpinWait();
        }
        return taking;
    }

    /** Why there was none. */
    private static Optional<Failure> take(StreamSlots slots, ProviderCall call) {
        try {
            slots.take(call);
            return Optional.empty();
        } catch (LlmException e) {
            return Optional.of(e.failure());
        }
    }

    private static void assertLimit(Optional<Failure> failure, String key, String message) {
        assertThat(failure).contains(new Failure.LimitReached(message, "llm.provider.test." + key,
                Optional.of(Duration.ofSeconds(1))));
    }

    private static void assertEmpty(StreamSlots slots) {
        assertThat(slots.taken()).isZero();
        assertThat(slots.queued()).isZero();
    }

    @Test
    void whoMayNotWaitIsRefusedAtOnce() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        assertLimit(take(slots, TestUpstream.call()), "max-concurrent-streams",
                "provider 'test' has its limit of 1 concurrent streams");
        slots.release();
        assertEmpty(slots);
    }

    @Test
    void withoutAQueueEveryoneIsRefusedAtOnce() {
        StreamSlots slots = slots(1, 0);
        slots.take(waiting());
        assertLimit(take(slots, waiting()), "max-concurrent-streams",
                "provider 'test' has its limit of 1 concurrent streams");
    }

    @Test
    void aPlaceThatIsGivenBackGoesToTheFirstInTheQueue() {
        StreamSlots slots = slots(1, 10);
        slots.take(waiting());
        BlockingQueue<Integer> served = new LinkedBlockingQueue<>();
        List<OnVirtualThread<Boolean>> takers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            takers.add(OnVirtualThread.start(() -> {
                slots.take(waiting());
                return served.add(number);
            }));
            while (slots.queued() <= number) {
                Thread.onSpinWait();
            }
        }
        for (int i = 0; i < 10; i++) {
            assertThat(take(slots, TestUpstream.call())).as("who comes later does not pass those who wait").isPresent();
            slots.release();
            assertThat(poll(served)).isEqualTo(i);
        }
        takers.forEach(OnVirtualThread::join);
        slots.release();
        assertEmpty(slots);
    }

    private static Integer poll(BlockingQueue<Integer> served) {
        try {
            return served.poll(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theQueueHasALimit() {
        StreamSlots slots = slots(1, 1);
        slots.take(waiting());
        OnVirtualThread<Optional<Failure>> first = queue(slots, waiting());
        assertLimit(take(slots, waiting()), "max-queued-requests",
                "provider 'test' has its limit of 1 concurrent streams, and its limit of 1 requests that wait for one");
        slots.release();
        assertThat(first.join()).isEmpty();
        slots.release();
        assertEmpty(slots);
    }

    @Test
    void aWaitEndsWithItsTimeAndNotBefore() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        ProviderCall call = waiting();
        OnVirtualThread<Optional<Failure>> taking = queue(slots, call);
        now.addAndGet(LIMIT.toNanos() - 1);
        watchdog.look();
        assertThat(slots.queued()).isEqualTo(1);
        now.addAndGet(1);
        while (slots.queued() > 0) {
            // The waiter may not have come to the watchdog yet.
            watchdog.look();
        }
        assertLimit(taking.join(), "queue-timeout",
                "provider 'test' has its limit of 1 concurrent streams, and none ended within 2000 ms");
        assertThat(call.nanosQueued()).isPositive();
        assertThat(call.attempts()).as("the provider was not asked").isZero();
        slots.release();
        assertEmpty(slots);
    }

    @Test
    @DisplayName("T01: a cancel ends the wait at once, and leaves the place to the next")
    void aCancelEndsTheWait() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        Cancellation cancellation = new Cancellation();
        OnVirtualThread<Optional<Failure>> first = queue(slots, waiting(cancellation));
        OnVirtualThread<Optional<Failure>> second = queue(slots, waiting());
        cancellation.cancel(GONE);
        assertThat(first.join()).contains(GONE);
        assertThat(slots.queued()).isEqualTo(1);
        slots.release();
        assertThat(second.join()).isEmpty();
        slots.release();
        assertEmpty(slots);
    }

    @Test
    void whatIsCancelledAlreadyDoesNotWait() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(GONE);
        assertThat(take(slots, waiting(cancellation))).contains(GONE);
        assertThat(slots.queued()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        Thread.currentThread().interrupt();
        assertThat(catchThrowableOfType(LlmException.class, () -> slots.take(waiting())).failure())
                .isInstanceOf(Failure.Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(slots.queued()).isZero();
    }

    @Test
    void theTimeInTheQueueIsTheCallsOwn() {
        StreamSlots slots = slots(1, 5);
        slots.take(waiting());
        ProviderCall call = waiting();
        OnVirtualThread<Optional<Failure>> taking = queue(slots, call);
        while (watchdog.size() == 0) {
            Thread.onSpinWait();
        }
        now.addAndGet(700);
        slots.release();
        assertThat(taking.join()).isEmpty();
        assertThat(call.nanosQueued()).isEqualTo(700);
    }

    @Test
    @DisplayName("T05: thousands that are served, cancelled, refused or too late, all at once, leave no place taken")
    void nothingIsLeftAfterAnyMixOfEnds() {
        StreamSlots slots = slots(8, 16);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger open = new AtomicInteger();
        Map<String, AtomicInteger> ends = new ConcurrentHashMap<>();
        List<OnVirtualThread<Boolean>> takers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            takers.add(OnVirtualThread.start(() -> {
                for (int number = next.getAndIncrement(); number < 20_000; number = next.getAndIncrement()) {
                    String end = one(slots, number, open);
                    ends.computeIfAbsent(end, _ -> new AtomicInteger()).incrementAndGet();
                }
                return true;
            }));
        }
        takers.forEach(OnVirtualThread::join);
        assertThat(ends.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(20_000);
        assertThat(ends).containsKeys("served", "client_gone", "limit_reached");
        assertEmpty(slots);
    }

    private String one(StreamSlots slots, int number, AtomicInteger open) {
        Cancellation cancellation = new Cancellation();
        ProviderCall call = waiting(cancellation);
        switch (number % 4) {
            case 0 -> Thread.startVirtualThread(() -> cancellation.cancel(GONE));
            case 1 -> {
                now.addAndGet(LIMIT.toNanos() / 50);
                watchdog.look();
            }
            default -> { }
        }
        Optional<Failure> refusal = take(slots, call);
        if (refusal.isPresent()) {
            return refusal.get().kind();
        }
        assertThat(open.incrementAndGet()).isLessThanOrEqualTo(8);
        Thread.yield();
        open.decrementAndGet();
        slots.release();
        return "served";
    }
}
