package io.circuitbreaker.llm.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What a {@link FakeProvider} has seen. Kept until the provider is collected; any thread. */
final class ProviderJournal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private final Deque<Disconnect> disconnects = new ArrayDeque<>();
    private int accepted;
    private int open;
    private int active;
    private int aborted;

    /** @return the new connection's number, from 1 */
    int connectionOpened() {
        return change(() -> {
            open++;
            return ++accepted;
        });
    }

    void connectionClosed() {
        change(() -> --open);
    }

    void received(ReceivedRequest request) {
        change(() -> {
            requests.add(request);
            return ++active;
        });
    }

    /** The reply ended as its script wanted. */
    void replyOver() {
        change(() -> --active);
    }

    /** The reply ended because its client went away. One change: nobody sees it gone but not yet counted. */
    void clientLeft(Disconnect disconnect) {
        change(() -> {
            disconnects.add(disconnect);
            aborted++;
            return --active;
        });
    }

    List<ReceivedRequest> requests() {
        return locked(() -> List.copyOf(requests));
    }

    int accepted() {
        return locked(() -> accepted);
    }

    int open() {
        return locked(() -> open);
    }

    int active() {
        return locked(() -> active);
    }

    int aborted() {
        return locked(() -> aborted);
    }

    List<ReceivedRequest> awaitRequests(int count, Duration limit) {
        return await(() -> requests.size() >= count, limit, "at least " + count + " requests", requests::size,
                () -> List.copyOf(requests));
    }

    Disconnect awaitDisconnect(Duration limit) {
        return await(() -> !disconnects.isEmpty(), limit, "a client that leaves", () -> 0, disconnects::poll);
    }

    void awaitActive(int count, Duration limit) {
        await(() -> active == count, limit, count + " active streams", () -> active, Optional::empty);
    }

    void awaitOpen(int count, Duration limit) {
        await(() -> open == count, limit, count + " open connections", () -> open, Optional::empty);
    }

    private <T> T await(BooleanSupplier reached, Duration limit, String what, IntSupplier actual, Supplier<T> result) {
        return locked(() -> {
            long left = limit.toNanos();
            try {
                while (!reached.getAsBoolean()) {
                    if (left <= 0) {
                        throw new AssertionError(
                                "expected " + what + " within " + limit + ", was " + actual.getAsInt());
                    }
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
            return result.get();
        });
    }

    private int change(IntSupplier change) {
        return locked(() -> {
            int result = change.getAsInt();
            changed.signalAll();
            return result;
        });
    }

    private <T> T locked(Supplier<T> access) {
        lock.lock();
        try {
            return access.get();
        } finally {
            lock.unlock();
        }
    }
}
