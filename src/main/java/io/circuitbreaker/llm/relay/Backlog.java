package io.circuitbreaker.llm.relay;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the threads of a {@link BufferedDelivery} share: the events that wait for its client, who reads, and what has
 * become of the client. All of it is under one lock that is taken nowhere else, and under it neither the client nor the
 * provider is called. Who keeps up with its stream meets this lock at its beginning and its end only.
 */
final class Backlog {

    // the delivery's: moved into SHARED and out of it here, under the lock
    private final AtomicReference<DeliveryPhase> phase;
    // the delivery's: counted by the first thread only
    private final Steps steps;

    // guarded by the lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final WaitingEvents waiting;
    private Optional<ReadAhead> source = Optional.empty();
    private boolean reading;
    private boolean allRead;
    private boolean closed;
    private boolean givenUp;
    private boolean givingUp;
    private Optional<Runnable> afterwards = Optional.empty();
    // the first has delivered all that waited and wants the reading back; written under the lock
    private volatile boolean caughtUp;

    /** @param waiting not to be used by anybody else */
    Backlog(WaitingEvents waiting, AtomicReference<DeliveryPhase> phase, Steps steps) {
        this.waiting = waiting;
        this.phase = phase;
        this.steps = steps;
    }

    // ---- whoever has the stream

    void lend(ReadAhead reader) {
        lock.lock();
        source = Optional.of(reader);
        lock.unlock();
    }

    /** Leaves the stream's end to the first thread if that has the client's response; if not, returns false. */
    boolean deferEnd(Runnable end) {
        lock.lock();
        try {
            if (phase.get() != DeliveryPhase.SHARED) {
                return false;
            }
            afterwards = Optional.of(end);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #deferEnd}; what waits is dropped then. */
    boolean deferFailure(Runnable failure) {
        lock.lock();
        try {
            if (phase.get() != DeliveryPhase.SHARED) {
                return false;
            }
            drop();
            afterwards = Optional.of(failure);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Call it with the lock held. */
    private void drop() {
        closed = true;
        waiting.clear();
        changed.signalAll();
    }

    // ---- the first thread

    Optional<WaitingEvents.Event> poll() {
        lock.lock();
        try {
            steps.next();
            if (waiting.isEmpty()) {
                return Optional.empty();
            }
            WaitingEvents.Event next = waiting.poll();
            changed.signalAll();
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the second thread; returns false if it has left something. */
    boolean takeBack() {
        lock.lock();
        try {
            caughtUp = true;
            while (waiting.isEmpty() && (reading || givingUp)) {
                changed.awaitUninterruptibly();
            }
            // The watch is to see that time passed here was not the client's.
            steps.next();
            if (!waiting.isEmpty()) {
                return false;
            }
            caughtUp = false;
            phase.set(DeliveryPhase.RESTING);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What was left to the first thread. It asks when it has taken back: from then on nobody leaves it anything. */
    Optional<Runnable> afterwards() {
        return afterwards;
    }

    /** The client is lost: what waits is dropped and nothing more is kept. */
    void close() {
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
    }

    // ---- the second thread

    /** Waits until there is room for the event, or nothing more is kept. */
    void keep(long id, String data) {
        lock.lock();
        try {
            while (!closed && !waiting.add(id, data)) {
                changed.awaitUninterruptibly();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Until the first thread has delivered all that waited and can read by itself. */
    boolean readingIsWanted() {
        return !caughtUp;
    }

    /** All has been read. Returns whether the client has been given up; if it is later, see {@link #readToTheEnd}. */
    boolean finishReading() {
        lock.lock();
        try {
            allRead = true;
            return givenUp;
        } finally {
            lock.unlock();
        }
    }

    void stopReading() {
        lock.lock();
        reading = false;
        changed.signalAll();
        lock.unlock();
    }

    // ---- the watch

    /** Whether it is the second thread, and so the provider, that the first waits for. */
    boolean waitsForReading() {
        if (!caughtUp) {
            return false;
        }
        lock.lock();
        try {
            // The second waits for room only, which there is where no event waits.
            return lock.hasWaiters(changed) && waiting.isEmpty() && reading;
        } finally {
            lock.unlock();
        }
    }

    /** The reader, if it is for a second thread to use it, which then calls {@link #stopReading}. */
    Optional<ReadAhead> claim() {
        lock.lock();
        try {
            boolean held = !reading && !allRead && source.isPresent()
                    && (phase.compareAndSet(DeliveryPhase.DELIVERING, DeliveryPhase.SHARED)
                            || phase.get() == DeliveryPhase.SHARED);
            if (!held) {
                return Optional.empty();
            }
            reading = true;
            caughtUp = false;
            return source;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the client is the caller's to give up; the first thread is then kept until {@link #stopGivingUp}. */
    boolean startGivingUp() {
        lock.lock();
        try {
            if (closed || givingUp) {
                return false;
            }
            givingUp = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    // ---- who gives the client up

    /** As {@link #close}, and whoever reads to the end is to say how the answer ended. */
    void giveUp() {
        lock.lock();
        try {
            drop();
            givenUp = true;
        } finally {
            lock.unlock();
        }
    }

    /** The reader, if all has been read. */
    Optional<ReadAhead> readToTheEnd() {
        lock.lock();
        try {
            return allRead ? source : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void stopGivingUp() {
        lock.lock();
        givingUp = false;
        changed.signalAll();
        lock.unlock();
    }
}
