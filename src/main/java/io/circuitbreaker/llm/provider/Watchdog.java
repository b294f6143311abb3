package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.bean.Unproxied;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One thread for the deadlines of all streams. A stream that makes progress only moves its own due time; the queue learns
 * of it when the old time comes, so a token costs no lock here. Thread-safe.
 */
@Unproxied
public class Watchdog {

    public static final long NEVER = Long.MAX_VALUE;

    private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);
    /** Deadlines are a little late and in return come together: a second of a busy server ends hundreds of streams. */
    static final long RESOLUTION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Logger LOG = Logger.getLogger(Watchdog.class.getName());

    private record Entry(long at, Watched watched) {
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();
    // Differences, because nanoTime may wrap around.
    private final PriorityQueue<Entry> queue = new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));
    private final LongSupplier nanoTime;
    // guarded by the lock: when the thread looks next, unless it is told of something earlier
    private long nextLook;
    private Thread thread;

    public Watchdog() {
        this(System::nanoTime);
    }

    /** With a clock of one's own; call {@link #look} by hand instead of {@link #start}. */
    Watchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @PostConstruct
    void start() {
        thread = Thread.ofPlatform().daemon().name("llm-watchdog").start(this::run);
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    /** Watches from now on. Call it again if the due time moves to before what it was. */
    public void watch(Watched watched) {
        long due = watched.due();
        if (due == NEVER) {
            return;
        }
        lock.lock();
        try {
            queue.add(new Entry(due, watched));
            if (due - nextLook < 0) {
                earlier.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many due times it knows of; those of ended streams leave when they come. */
    public int size() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                look();
                awaitNext();
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    private void awaitNext() throws InterruptedException {
        lock.lock();
        try {
            earlier.awaitNanos(planNextLook());
        } finally {
            lock.unlock();
        }
    }

    /** How long to wait before the next look. */
    long planNextLook() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            long untilFirst = queue.isEmpty() ? IDLE_NANOS : queue.peek().at - now;
            long wait = Math.max(RESOLUTION_NANOS, untilFirst);
            nextLook = now + wait;
            return wait;
        } finally {
            lock.unlock();
        }
    }

    /** Handles all that is due. */
    void look() {
        long now = nanoTime.getAsLong();
        for (Entry entry = pollDue(now); entry != null; entry = pollDue(now)) {
            handle(entry.watched, now);
        }
    }

    private Entry pollDue(long now) {
        lock.lock();
        try {
            boolean due = !queue.isEmpty() && queue.peek().at - now <= 0;
            return due ? queue.poll() : null;
        } finally {
            lock.unlock();
        }
    }

    private void handle(Watched watched, long now) {
        try {
            long due = watched.due();
            if (due != NEVER && due - now <= 0) {
                watched.expired();
                due = watched.due();
            }
            // What is still due has been handled; to look at it again at once would never end.
            if (due == NEVER || due - now > 0) {
                watch(watched);
            }
        } catch (RuntimeException | Error e) {
            // Whatever it is, the other streams need their deadlines.
            LOG.log(Level.SEVERE, "the watchdog failed to handle a stream; it goes on with the others", e);
        }
    }
}
