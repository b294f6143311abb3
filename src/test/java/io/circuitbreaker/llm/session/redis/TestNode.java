package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.ErrorEvents;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.MemoryStreamStore;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.TestStores;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server among several, as far as its kept streams go, with less patience than a real one. */
final class TestNode implements AutoCloseable {

    static final Pace HASTY = new Pace(Duration.ofMillis(1), Duration.ofMillis(50), Duration.ofMillis(400),
            Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofSeconds(2));

    /** Waits longer for what may come back. */
    static final Pace PATIENT = new Pace(Duration.ofMillis(1), Duration.ofMillis(50), Duration.ofSeconds(10),
            Duration.ofSeconds(10), Duration.ofMillis(400), Duration.ofSeconds(2));

    static final int STORE_SIZE = 20_000;

    private final RedisStreamStore store;
    private final List<Failure> cancelled = new CopyOnWriteArrayList<>();

    /** @param port where Redis is, or a way to it */
    TestNode(int port, int bufferSize, int connections, Pace pace) {
        StreamingManager manager = TestStores.manager("llm.streaming.store", "redis", "llm.streaming.redis-url",
                "redis://127.0.0.1:" + port, "llm.streaming.redis-connections", "" + connections,
                "llm.streaming.replay-buffer-size", "" + bufferSize, "llm.streaming.replay-store-size", "" + STORE_SIZE);
        ErrorEvents errors = failure -> failure.getClass().getSimpleName() + ": " + failure.message();
        store = new RedisStreamStore(manager, new MemoryStreamStore(manager), errors, pace);
        store.start();
    }

    TestNode(int port, int bufferSize, int connections) {
        this(port, bufferSize, connections, HASTY);
    }

    TestNode(int port) {
        this(port, 100_000, 64);
    }

    static TestNode connected(int port, int bufferSize) {
        TestNode node = new TestNode(port, bufferSize, 64);
        node.awaitReachable(true);
        return node;
    }

    static TestNode connected(int port) {
        return connected(port, 100_000);
    }

    void awaitReachable(boolean wanted) {
        await(() -> store.state().reachable() == wanted, "reachable is " + wanted);
    }

    RedisStreamStore store() {
        return store;
    }

    /** A stream that ends, with an event that says so, when it is cancelled. */
    LiveStream open() {
        StreamInfo info = new StreamInfo("req_" + UUID.randomUUID().toString().replace("-", ""),
                new StreamOwner("someone", Optional.of("u"), Optional.empty()), "some/model", Instant.ofEpochMilli(77_000),
                Optional.of("sess_1"));
        LiveStream[] opened = new LiveStream[1];
        opened[0] = store.open(info, Duration.ofSeconds(30), why -> end(opened[0], why));
        return opened[0];
    }

    private void end(LiveStream stream, Failure why) {
        cancelled.add(why);
        if (!stream.status().state().isEnd()) {
            stream.append(why.message());
            stream.end(StreamState.CANCELLED);
        }
    }

    List<Failure> cancelled() {
        return cancelled;
    }

    Optional<ReadableStream> find(LiveStream stream) {
        return store.find(stream.info().id());
    }

    /** The stream as this server has it, when it has all of it. */
    ReadableStream reader(LiveStream stream) {
        await(() -> find(stream).map(found -> found.status().newestEvent() == stream.status().newestEvent()
                && found.status().state() == stream.status().state()).orElse(false), "all of the stream is here");
        return find(stream).orElseThrow();
    }

    static void await(BooleanSupplier wanted, String what) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!wanted.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        store.stop();
    }
}
