package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A few threads that take to its client what has come of any stream. A thread of its own for each stream has to be woken
 * for each token, which costs more than the token; these find the next stream's when they are done with one's.
 *
 * <p>Who writes to a client that takes nothing is held up. The watch sees that, puts another thread in the place of that one
 * and sends helpers, twice as many each time it looks, until none that has work waits for one that is held up.
 *
 * <pre>
 *   idle --submit()--> working --nothing is left--> idle
 *                         |
 *                  held up while work waits
 *                         v
 *                      replaced --its work is done--> over
 * </pre>
 */
@Unproxied
public class StreamWorkers implements Watched {

    /** What there is to do for one stream. Never two at a time for one. */
    interface Work extends Runnable {

        /** It has held up its thread, or still does; from any thread. */
        void heldUp();
    }

    private static final Logger LOG = Logger.getLogger(StreamWorkers.class.getName());
    /** With fewer, tokens wait for one that has lost its processor to somebody else. */
    private static final int PLACES = Runtime.getRuntime().availableProcessors();
    /** Between two looks of the watch: who is at the same work at both of them, and waits, is held up. */
    static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Who is at the same work for this long is held up even if it runs: not every server's wait can be seen. */
    static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** After so many looks at nothing the watch rests, until there is work again. */
    private static final int IDLE_LOOKS = 100;
    private static final int MOST_HELPERS = 256;

    private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<Worker> workers;
    private final Watchdog watchdog;
    private final LongSupplier nanoTime;
    private final AtomicBoolean watched = new AtomicBoolean();
    private volatile boolean stopped;

    // the watch only
    private long nextLook;
    private int helpers = 1;
    private int idleLooks;

    @Inject
    public StreamWorkers(Watchdog watchdog) {
        this(watchdog, PLACES, System::nanoTime);
    }

    /** With a watch of one's own: call {@link #expired} by hand. */
    StreamWorkers(Watchdog watchdog, int places, LongSupplier nanoTime) {
        this.watchdog = watchdog;
        this.nanoTime = nanoTime;
        this.workers = new AtomicReferenceArray<>(places);
    }

    @PostConstruct
    void start() {
        for (int place = 0; place < workers.length(); place++) {
            workers.set(place, new Worker(new Steps()));
            workers.get(place).start();
        }
    }

    @PreDestroy
    void stop() {
        stopped = true;
        for (int place = 0; place < workers.length(); place++) {
            workers.get(place).wake();
        }
    }

    /** Has it done soon, on another thread; from any thread, which it does not hold up. */
    void submit(Work work) {
        queue.add(work);
        if (!watched.get() && watched.compareAndSet(false, true)) {
            nextLook = nanoTime.getAsLong() + LOOK_NANOS;
            watchdog.watch(this);
        }
        for (int place = 0; place < workers.length(); place++) {
            if (workers.get(place).wake()) {
                return;
            }
        }
    }

    /** The time as the watch sees it. */
    long nanoTime() {
        return nanoTime.getAsLong();
    }

    private static void perform(Work work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // Whatever it is, the other streams need this thread.
            LOG.log(Level.SEVERE, "a stream failed by our own fault; its thread goes on with the others", e);
        }
    }

    // ---- the watch

    @Override
    public long due() {
        return watched.get() ? nextLook : Watchdog.NEVER;
    }

    @Override
    public void expired() {
        long now = nanoTime.getAsLong();
        nextLook = now + LOOK_NANOS;
        boolean anyHeldUp = false;
        for (int place = 0; place < workers.length(); place++) {
            Worker worker = workers.get(place);
            if (worker.isHeldUp(now) && !queue.isEmpty()) {
                anyHeldUp = true;
                workers.set(place, worker.replaced());
            }
        }
        if (anyHeldUp) {
            help();
        } else {
            helpers = 1;
        }
        rest();
    }

    /** On virtual threads: many may be held up, and they cost little then. */
    private void help() {
        for (int i = 0; i < helpers; i++) {
            Thread.ofVirtual().name("llm-worker-helper").start(this::helpOut);
        }
        helpers = Math.min(MOST_HELPERS, helpers * 2);
    }

    private void helpOut() {
        for (Work next = queue.poll(); next != null; next = queue.poll()) {
            long before = nanoTime.getAsLong();
            perform(next);
            if (nanoTime.getAsLong() - before >= LOOK_NANOS) {
                next.heldUp();
            }
        }
    }

    private void rest() {
        idleLooks = queue.isEmpty() ? idleLooks + 1 : 0;
        if (idleLooks >= IDLE_LOOKS) {
            idleLooks = 0;
            watched.set(false);
        }
    }

    private final class Worker {

        private final Thread thread = Thread.ofPlatform().daemon().name("llm-worker").unstarted(this::work);
        private final AtomicBoolean idle = new AtomicBoolean();
        private volatile boolean replaced;
        private final Steps steps;

        Worker(Steps steps) {
            this.steps = steps;
        }

        void start() {
            thread.start();
        }

        private void work() {
            while (!stopped && !replaced) {
                Work next = queue.poll();
                if (next == null) {
                    rest();
                    continue;
                }
                steps.next();
                perform(next);
                steps.next();
                if (replaced) {
                    next.heldUp();
                }
            }
        }

        private void rest() {
            idle.set(true);
            // What was added before this could be seen is looked for once more.
            while (queue.isEmpty() && idle.get() && !stopped && !replaced) {
                LockSupport.park(this);
            }
            idle.set(false);
            // One that was meant for whoever worked here before would keep it from parking ever again.
            Thread.interrupted();
        }

        /** Whether it was idle. */
        boolean wake() {
            boolean wasIdle = idle.get() && idle.compareAndSet(true, false);
            if (wasIdle) {
                LockSupport.unpark(thread);
            }
            return wasIdle;
        }

        /**
         * Whether it is at the same work as at the last look, and waits. Who does not wait may have lost its processor to
         * somebody else, for which another thread is no remedy: on a busy machine there would be ever more of them.
         */
        boolean isHeldUp(long now) {
            long heldUp = steps.heldUpNanos(now, !steps.isUnderWay());
            return heldUp >= BUSY_NANOS || heldUp != Steps.NOT_HELD_UP && thread.getState() != Thread.State.RUNNABLE;
        }

        Worker replaced() {
            // Who comes in the midst of many that are held up meets the next of them at once.
            Worker next = new Worker(new Steps(1));
            replaced = true;
            // It may have come back meanwhile and rest; nobody knows it any more.
            LockSupport.unpark(thread);
            next.start();
            return next;
        }
    }
}
