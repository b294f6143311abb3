package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The places for a provider's streams, and the queue of the requests that wait for one: first come, first served. A
 * place that is given back goes to the first in the queue, never to one who came later. Whoever takes a waiter out of
 * the queue decides what becomes of it: a place, or the end of its wait by time or cancel. Thread-safe.
 */
final class StreamSlots {

    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    // configuration
    private final ProviderConfig config;
    private final LongSupplier nanoTime;
    private final Consumer<Watched> watch;

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by the lock
    private final Queue<Waiter> queue = new ArrayDeque<>();
    private int taken;

    /** One that waits. Its thread blocks on {@link #decided}; the watchdog ends a wait that has lasted too long. */
    private final class Waiter implements Watched {

        private final Condition decided = lock.newCondition();
        private final long due = nanoTime.getAsLong() + config.limits().queueTimeout().toNanos();
        // guarded by the lock
        private boolean waiting = true;
        private Optional<Failure> refusal = Optional.empty();

        @Override
        public long due() {
            lock.lock();
            try {
                return waiting ? due : Watchdog.NEVER;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void expired() {
            refuse(limitReached(StreamLimits.QUEUE_TIMEOUT, ", and none ended within "
                    + config.limits().queueTimeout().toMillis() + " ms"));
        }

        /** Does nothing if it has been decided otherwise. */
        void refuse(Failure why) {
            lock.lock();
            try {
                if (queue.remove(this)) {
                    decide(Optional.of(why));
                }
            } finally {
                lock.unlock();
            }
        }

        private void decide(Optional<Failure> refused) {
            waiting = false;
            refusal = refused;
            decided.signal();
        }
    }

    StreamSlots(ProviderConfig config, LongSupplier nanoTime, Consumer<Watched> watch) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.watch = watch;
    }

    /**
     * Takes a place, to be given back with {@link #release}. Waits for one if there is none and the call may wait.
     *
     * @throws LlmException with {@code LimitReached}, or with the reason as soon as the request is cancelled
     */
    void take(ProviderCall call) {
        Optional<Waiter> waiter = placeOrWaiter(call.waitsIfFull());
        if (waiter.isPresent()) {
            long begun = nanoTime.getAsLong();
            watch.accept(waiter.get());
            call.cancellation().onCancel(waiter.get()::refuse);
            try {
                await(waiter.get());
            } finally {
                call.queued(nanoTime.getAsLong() - begun);
            }
        }
    }

    /** Empty if there was a place. */
    private Optional<Waiter> placeOrWaiter(boolean mayWait) {
        lock.lock();
        try {
            if (taken < config.limits().maxConcurrent()) {
                taken++;
                return Optional.empty();
            }
            int limit = config.limits().maxQueued();
            if (!mayWait || limit == 0) {
                throw new LlmException(limitReached(StreamLimits.MAX_CONCURRENT_STREAMS, ""));
            }
            if (queue.size() >= limit) {
                throw new LlmException(limitReached(StreamLimits.MAX_QUEUED_REQUESTS, ", and its limit of " + limit
                        + " requests that wait for one"));
            }
            Waiter waiter = new Waiter();
            queue.add(waiter);
            return Optional.of(waiter);
        } finally {
            lock.unlock();
        }
    }

    private void await(Waiter waiter) {
        lock.lock();
        try {
            while (waiter.waiting) {
                waiter.decided.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // A place that it was given meanwhile is kept: the caller gives it back.
            waiter.refuse(new Failure.Cancelled("the server ended the request while it waited"));
        } finally {
            lock.unlock();
        }
        waiter.refusal.ifPresent(why -> {
            throw new LlmException(why);
        });
    }

    private Failure limitReached(String key, String more) {
        return new Failure.LimitReached("provider '" + config.name() + "' has its limit of "
                + config.limits().maxConcurrent() + " concurrent streams" + more, config.key(key),
                Optional.of(TRY_AGAIN));
    }

    void release() {
        lock.lock();
        try {
            Waiter first = queue.poll();
            if (first == null) {
                taken--;
            } else {
                first.decide(Optional.empty());
            }
        } finally {
            lock.unlock();
        }
    }

    int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    int queued() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }
}
