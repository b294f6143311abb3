package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.TextEvent;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.FlowConfig;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Keeps a slow client from holding up its stream. The generation's thread delivers directly, without a lock or a queue.
 * Where the watch finds it held up, a second thread reads on in its stead and its events wait here, until the first has
 * delivered them all and takes the reading back. {@link DeliveryPhase} draws that; what both need is in {@link Backlog}.
 *
 * <p>In SHARED whoever calls is the second, since the first does not come back before it has left SHARED; and the first
 * leaves it only when the second has stopped. A client that takes nothing for the time limit is given up: what waits is
 * dropped and nothing more is kept for it, while the first may be held up until the server ends its write. The second then
 * also says how the answer ends, since nobody is to wait for the first.
 */
public final class BufferedDelivery implements Delivery, SlowClients.Held {

    /**
     * What becomes of the stream. Both may be called, and at the same time; neither is called by the watch's thread or
     * with a lock held.
     *
     * @param gone    the client was lost while the second thread read, which is to stop: called by the first thread,
     *                before it waits for the second and says so to its own caller
     * @param tooSlow the client has taken nothing for the time limit: called by a thread started for that, before what
     *                waits is dropped; it then reads on as the second would, if there is more and nobody else does
     */
    public record Ends(Consumer<Failure> gone, Consumer<Failure> tooSlow) {
    }

    // configuration
    private final Delivery client;
    private final FlowConfig config;
    private final SlowClients watch;
    private final Ends ends;

    // shared
    private final AtomicReference<DeliveryPhase> phase = new AtomicReference<>(DeliveryPhase.RESTING);
    // counted by the first thread only: a step that lasts is one that is held up
    private final Steps steps = new Steps();
    private final Backlog backlog;
    // the first thread only
    private long delivered;

    /** @param texts finds the text in an event's data */
    public BufferedDelivery(Delivery client, FlowConfig config, SlowClients watch,
                            Function<String, Optional<TextEvent>> texts, Ends ends) {
        this.client = client;
        this.config = config;
        this.watch = watch;
        this.ends = ends;
        this.backlog = new Backlog(new WaitingEvents(config.bufferSize(), config.maxChunkSize(), texts), phase, steps);
    }

    @Override
    public void begin(RoutedStream answer) {
        client.begin(answer);
        watch.add(this);
    }

    @Override
    public void lend(ReadAhead reader) {
        backlog.lend(reader);
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
        if (phase.get() == DeliveryPhase.SHARED) {
            backlog.keep(id, data);
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
        if (phase.get() == DeliveryPhase.SHARED) {
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
        if (backlog.deferEnd(this::end)) {
            return;
        }
        watch.remove(this);
        client.end();
    }

    /** While the first thread is held up it alone may use the client's response: it does this when it comes back. */
    @Override
    public void fail(LlmException why, long id, String data) {
        if (backlog.deferFailure(() -> fail(why, id, data))) {
            return;
        }
        watch.remove(this);
        // Of what such a client has not had some was dropped: who comes back goes on after what it has had.
        client.fail(why, why.failure() instanceof Failure.SlowClient ? delivered : id, data);
    }

    // ---- the first thread

    private void enter() {
        steps.next();
        phase.set(DeliveryPhase.DELIVERING);
    }

    private void leave() {
        if (!phase.compareAndSet(DeliveryPhase.DELIVERING, DeliveryPhase.RESTING)) {
            catchUp();
        }
    }

    private void catchUp() {
        boolean unsent = true;
        while (true) {
            Optional<WaitingEvents.Event> next = backlog.poll();
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

    /** Returns false if there is more to deliver. */
    private boolean takeBack() {
        if (!backlog.takeBack()) {
            return false;
        }
        // The client may be as slow as before, and the stream goes on without it.
        backlog.afterwards().ifPresent(BufferedDelivery::start);
        return true;
    }

    /** The client cannot be reached: the second thread stops, before the first says so. */
    private void lose(Throwable why) {
        if (phase.compareAndSet(DeliveryPhase.DELIVERING, DeliveryPhase.RESTING)
                || phase.get() == DeliveryPhase.RESTING) {
            return;
        }
        backlog.close();
        ends.gone.accept(why instanceof LlmException known ? known.failure()
                : new Failure.Internal("an event could not be delivered"));
        takeBack();
    }

    // ---- the second thread

    private void readAhead(ReadAhead reader) {
        boolean more = false;
        try {
            more = reader.readOn(backlog::readingIsWanted);
        } finally {
            try {
                if (!more && backlog.finishReading()) {
                    reader.conclude();
                }
            } finally {
                backlog.stopReading();
            }
        }
    }

    // ---- the watch

    /** Whether the client holds the stream up, which it does if nothing has moved since the last look; and for how long. */
    @Override
    public void look(long now) {
        long heldUp = steps.heldUpNanos(now, phase.get() == DeliveryPhase.RESTING || backlog.waitsForReading());
        if (heldUp >= config.slowClientTimeout().toNanos()) {
            giveUp();
        } else if (heldUp != Steps.NOT_HELD_UP && config.slowClient() == FlowConfig.SlowClient.ADAPTIVE) {
            backlog.claim().ifPresent(reader -> start(() -> readAhead(reader)));
        }
    }

    private void giveUp() {
        if (backlog.startGivingUp()) {
            start(this::tellGivenUp);
        }
    }

    private void tellGivenUp() {
        try {
            // First of all: what is dropped from here on must not look complete to whoever has read it all.
            ends.tooSlow.accept(watch.givenUp(config.slowClientTimeout()));
            backlog.giveUp();
            // The second thread reads in any case: it is to find the stream cancelled, or to go on without the client.
            backlog.claim().ifPresent(this::readAhead);
            backlog.readToTheEnd().ifPresent(ReadAhead::conclude);
        } finally {
            backlog.stopGivingUp();
        }
    }

    private static void start(Runnable second) {
        Thread.ofVirtual().name("llm-stream-ahead").start(second);
    }
}
