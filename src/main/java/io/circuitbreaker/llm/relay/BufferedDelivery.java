package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.TextEvent;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.FlowConfig;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps a slow client from holding up its stream. The generation's thread delivers directly, without a lock or a queue.
 * Where the watch finds it held up, a second thread reads on in its stead and its events wait here, until the first has
 * delivered them all and takes the reading back.
 *
 * <pre>
 *   RESTING --the first delivers--> DELIVERING --it was taken--> RESTING
 *                                       |
 *                                  held up for a look of the watch
 *                                       v
 *                                     SHARED --all is delivered and the second has stopped--> RESTING
 * </pre>
 *
 * In SHARED whoever calls is the second, since the first does not come back before it has left SHARED; and the first
 * leaves it only when the second has stopped. A client that takes nothing for the time limit is given up: what waits is
 * dropped and nothing more is kept for it, while the first may be held up until the server ends its write. The second then
 * also says how the answer ends, since nobody is to wait for the first.
 */
public final class BufferedDelivery implements Delivery, SlowClients.Held {

    private enum Phase {
        RESTING,
        DELIVERING,
        SHARED
    }

    /**
     * What becomes of the stream.
     *
     * @param gone   the client was lost while the second thread read, which is to stop
     * @param tooSlow the client has taken nothing for the time limit
     */
    public record Ends(Consumer<Failure> gone, Consumer<Failure> tooSlow) {
    }

    // configuration
    private final Delivery client;
    private final FlowConfig config;
    private final SlowClients watch;
    private final Ends ends;

    // shared
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.RESTING);
    // counted by the first thread only: a step that lasts is one that is held up
    private final Steps steps = new Steps();
    // the first thread only
    private long delivered;

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
    // written under the lock
    private volatile boolean caughtUp;

    /** @param texts finds the text in an event's data */
    public BufferedDelivery(Delivery client, FlowConfig config, SlowClients watch,
                            Function<String, Optional<TextEvent>> texts, Ends ends) {
        this.client = client;
        this.config = config;
        this.watch = watch;
        this.ends = ends;
        this.waiting = new WaitingEvents(config.bufferSize(), config.maxChunkSize(), texts);
    }

    @Override
    public void begin(RoutedStream answer) {
        client.begin(answer);
        watch.add(this);
    }

    @Override
    public void lend(ReadAhead reader) {
        lock.lock();
        source = Optional.of(reader);
        lock.unlock();
    }

    @Override
    public boolean sharesThreads() {
        return client.sharesThreads();
    }

    @Override
    public void event(long id, String data) {
        deliver(id, data, false);
    }

    @Override
    public void last(long id, String data) {
        deliver(id, data, true);
    }

    private void deliver(long id, String data, boolean last) {
        if (phase.get() == Phase.SHARED) {
            keep(id, data);
            return;
        }
        enter();
        try {
            delivered = id;
            if (last) {
                client.last(id, data);
            } else {
                client.event(id, data);
            }
            leave();
        } catch (RuntimeException | Error e) {
            lose(e);
            throw e;
        }
    }

    @Override
    public void flush() {
        if (phase.get() == Phase.SHARED) {
            return;
        }
        enter();
        try {
            client.flush();
            leave();
        } catch (RuntimeException | Error e) {
            lose(e);
            throw e;
        }
    }

    @Override
    public void heartbeat() {
        client.heartbeat();
    }

    @Override
    public void end() {
        // Here it may be held up; after this nothing is left to wait for.
        flush();
        lock.lock();
        try {
            if (phase.get() == Phase.SHARED) {
                afterwards = Optional.of(this::end);
                return;
            }
        } finally {
            lock.unlock();
        }
        watch.remove(this);
        client.end();
    }

    /** While the first thread is held up it alone may use the client's response: it does this when it comes back. */
    @Override
    public void fail(LlmException why, long id, String data) {
        lock.lock();
        try {
            if (phase.get() == Phase.SHARED) {
                close();
                afterwards = Optional.of(() -> fail(why, id, data));
                return;
            }
        } finally {
            lock.unlock();
        }
        watch.remove(this);
        // Of what such a client has not had some was dropped: who comes back goes on after what it has had.
        client.fail(why, why.failure() instanceof Failure.SlowClient ? delivered : id, data);
    }

    // ---- the first thread

    private void enter() {
        steps.next();
        phase.set(Phase.DELIVERING);
    }

    private void leave() {
        if (!phase.compareAndSet(Phase.DELIVERING, Phase.RESTING)) {
            catchUp();
        }
    }

    private void catchUp() {
        boolean unsent = true;
        while (true) {
            Optional<WaitingEvents.Event> next = poll();
            if (next.isPresent()) {
                client.event(next.get().id(), next.get().data());
                delivered = next.get().id();
                unsent = true;
            } else if (unsent) {
                steps.next();
                client.flush();
                unsent = false;
            } else if (takeBack()) {
                return;
            }
        }
    }

    private Optional<WaitingEvents.Event> poll() {
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
    private boolean takeBack() {
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
            phase.set(Phase.RESTING);
        } finally {
            lock.unlock();
        }
        // The client may be as slow as before, and the stream goes on without it.
        afterwards.ifPresent(BufferedDelivery::start);
        return true;
    }

    /** The client cannot be reached: the second thread stops, before the first says so. */
    private void lose(Throwable why) {
        if (phase.compareAndSet(Phase.DELIVERING, Phase.RESTING) || phase.get() == Phase.RESTING) {
            return;
        }
        lock.lock();
        try {
            close();
        } finally {
            lock.unlock();
        }
        ends.gone.accept(why instanceof LlmException known ? known.failure()
                : new Failure.Internal("an event could not be delivered"));
        takeBack();
    }

    /** Call it with the lock held. */
    private void close() {
        closed = true;
        waiting.clear();
        changed.signalAll();
    }

    // ---- the second thread

    private void keep(long id, String data) {
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

    private void readAhead(ReadAhead reader) {
        boolean more = false;
        try {
            more = reader.readOn(() -> !caughtUp);
        } finally {
            try {
                if (!more && allReadForNobody()) {
                    reader.conclude();
                }
            } finally {
                lock.lock();
                reading = false;
                changed.signalAll();
                lock.unlock();
            }
        }
    }

    /** Whether the client has been given up. If it is later, whoever does that sees that all has been read. */
    private boolean allReadForNobody() {
        lock.lock();
        try {
            allRead = true;
            return givenUp;
        } finally {
            lock.unlock();
        }
    }

    // ---- the watch

    /** Whether the client holds the stream up, which it does if nothing has moved since the last look; and for how long. */
    @Override
    public void look(long now) {
        long heldUp = steps.heldUpNanos(now, phase.get() == Phase.RESTING || caughtUp && waits());
        if (heldUp >= config.slowClientTimeout().toNanos()) {
            giveUp();
        } else if (heldUp != Steps.NOT_HELD_UP && config.slowClient() == FlowConfig.SlowClient.ADAPTIVE) {
            claim().ifPresent(reader -> start(() -> readAhead(reader)));
        }
    }

    /** Whether it is the second thread, and so the provider, that the first waits for. */
    private boolean waits() {
        lock.lock();
        try {
            return lock.hasWaiters(changed) && waiting.isEmpty() && reading;
        } finally {
            lock.unlock();
        }
    }

    /** The reader, if it is for a second thread to use it. */
    private Optional<ReadAhead> claim() {
        lock.lock();
        try {
            boolean held = !reading && !allRead && source.isPresent()
                    && (phase.compareAndSet(Phase.DELIVERING, Phase.SHARED) || phase.get() == Phase.SHARED);
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

    private void giveUp() {
        lock.lock();
        try {
            if (closed || givingUp) {
                return;
            }
            givingUp = true;
        } finally {
            lock.unlock();
        }
        start(this::tellGivenUp);
    }

    private void tellGivenUp() {
        try {
            // First of all: what is dropped from here on must not look complete to whoever has read it all.
            ends.tooSlow.accept(watch.givenUp(config.slowClientTimeout()));
            dropAll();
            // The second thread reads in any case: it is to find the stream cancelled, or to go on without the client.
            claim().ifPresent(this::readAhead);
            if (isAllRead()) {
                source.ifPresent(ReadAhead::conclude);
            }
        } finally {
            lock.lock();
            givingUp = false;
            changed.signalAll();
            lock.unlock();
        }
    }

    private void dropAll() {
        lock.lock();
        try {
            close();
            givenUp = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAllRead() {
        lock.lock();
        try {
            return allRead;
        } finally {
            lock.unlock();
        }
    }

    private static void start(Runnable second) {
        Thread.ofVirtual().name("llm-stream-ahead").start(second);
    }
}
