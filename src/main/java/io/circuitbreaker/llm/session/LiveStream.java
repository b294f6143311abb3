package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A stream that does not depend on a connection: one writer appends its events, any number of readers follow it, each from
 * where it is, also after its end. While nobody reads it, it goes on for its grace and is then cancelled.
 *
 * <pre>
 *   RUNNING --end()--> COMPLETE | FAILED | CANCELLED
 * </pre>
 *
 * <p>Thread-safe; one thread at a time appends.
 */
public final class LiveStream implements ReadableStream {

    static final Duration FIRST_READER = Duration.ofSeconds(10);

    private static final int EVENTS_IN_A_PAGE = 256;

    // configuration
    private final StreamInfo info;
    private final Duration grace;
    private final Consumer<Failure> cancel;
    private final LongSupplier nanoTime;

    // guarded by the lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ReplayBuffer buffer;
    private StreamState state = StreamState.RUNNING;
    private Optional<List<String>> droppedParams = Optional.empty();
    private int waiting;
    private int readers;
    private boolean everRead;
    private long quietSince;
    private Runnable onChange = () -> { };

    /**
     * @param grace  how long it goes on without a reader; its first one has {@link #FIRST_READER} to come in any case
     * @param cancel ends what makes the events, from any thread
     */
    LiveStream(StreamInfo info, Duration grace, int limitInCharacters, Consumer<Failure> cancel, LongSupplier nanoTime) {
        this.info = info;
        this.grace = grace;
        this.cancel = cancel;
        this.nanoTime = nanoTime;
        this.buffer = new ReplayBuffer(limitInCharacters);
        this.quietSince = nanoTime.getAsLong();
    }

    @Override
    public StreamInfo info() {
        return info;
    }

    /** To be called after each event and after the end, by the thread that brings them: it must be quick. */
    public void onChange(Runnable listener) {
        lock.lock();
        try {
            onChange = listener;
        } finally {
            lock.unlock();
        }
    }

    /** Who answers is known from now on, and what it leaves out. */
    public void begin(List<String> dropped) {
        lock.lock();
        try {
            droppedParams = Optional.of(List.copyOf(dropped));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<List<String>> droppedParams() {
        lock.lock();
        try {
            return droppedParams;
        } finally {
            lock.unlock();
        }
    }

    /** Adds an event, one line, and returns its number. */
    public long append(String data) {
        lock.lock();
        try {
            if (state.isEnd()) {
                throw new IllegalStateException("stream " + info.id() + " has ended; nothing can follow");
            }
            long id = buffer.add(data);
            if (waiting > 0) {
                more.signalAll();
            }
            onChange.run();
            return id;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing follows. Only the first end counts. */
    public void end(StreamState how) {
        if (!how.isEnd()) {
            throw new IllegalArgumentException("a stream cannot end as " + how);
        }
        lock.lock();
        try {
            if (state == StreamState.RUNNING) {
                state = how;
                quietSince = nanoTime.getAsLong();
                more.signalAll();
                onChange.run();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Page after(long id, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (id == buffer.lastId() && state == StreamState.RUNNING) {
                if (left <= 0) {
                    return new Page.Silence();
                }
                waiting++;
                try {
                    left = more.awaitNanos(left);
                } finally {
                    waiting--;
                }
            }
            return page(id);
        } finally {
            lock.unlock();
        }
    }

    private Page page(long id) {
        if (id > buffer.lastId() || id < 0) {
            return new Page.Ahead(buffer.lastId());
        }
        if (id + 1 < buffer.firstId()) {
            return new Page.Gone(buffer.firstId());
        }
        var events = buffer.after(id, EVENTS_IN_A_PAGE);
        boolean last = state.isEnd() && id + events.size() == buffer.lastId();
        return new Page.Events(id + 1, events, last);
    }

    @Override
    public Reading read() {
        lock.lock();
        try {
            readers++;
            everRead = true;
        } finally {
            lock.unlock();
        }
        return new Reading(this::readerLeft);
    }

    private void readerLeft() {
        lock.lock();
        try {
            readers--;
            if (readers == 0) {
                quietSince = nanoTime.getAsLong();
            }
        } finally {
            lock.unlock();
        }
        if (grace.isZero()) {
            cancelIfForsaken();
        }
    }

    @Override
    public StreamStatus status() {
        lock.lock();
        try {
            return new StreamStatus(state, buffer.firstId(), buffer.lastId(), readers);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel(Failure why) {
        cancel.accept(why);
    }

    /** Cancels what nobody has read for its grace. */
    void cancelIfForsaken() {
        if (forsaken()) {
            cancel.accept(new Failure.ClientGone("nobody read stream " + info.id() + " for " + grace.toMillis() + " ms"));
        }
    }

    private boolean forsaken() {
        lock.lock();
        try {
            Duration limit = everRead || grace.compareTo(FIRST_READER) > 0 ? grace : FIRST_READER;
            return state == StreamState.RUNNING && readers == 0 && nanoTime.getAsLong() - quietSince >= limit.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** How long ago it ended without anybody reading it since; empty while it runs or is read. */
    Optional<Duration> idleSinceEnd() {
        lock.lock();
        try {
            return state.isEnd() && readers == 0
                    ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - quietSince)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** How much of it is kept. */
    public long characters() {
        lock.lock();
        try {
            return buffer.characters();
        } finally {
            lock.unlock();
        }
    }

    Instant createdAt() {
        return info.createdAt();
    }
}
