package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.ChunkStream;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Takes an answer from its stream to its outlet. One thread at a time does: the generation's own; one that streams share,
 * where nothing but the next token is waited for; or another while one of these is held up in the outlet. Who held up a
 * shared one has its own until it has gone on for a while without a wait, see {@link Probation}. The outlet sees to it that
 * there is never more than one, and that each knows what the one before did.
 *
 * <pre>
 *             +--- the stream leaves word ---+
 *             |                              v
 *   pump() on its own thread           waiting, without a thread <--+
 *             ^                              |                      |
 *             |                              v                      |
 *             +--- at the end, or if ---- taken on a shared thread -+
 *                  it held that up
 * </pre>
 */
final class Pump implements ReadAhead, StreamWorkers.Work {

    /** Whose answer it is. */
    interface Host {

        /** Nothing else is ready to be read. */
        void atRest();

        /** Calls {@link Pump#pump()} on a thread that can wait; from any thread. */
        void goOn(Pump pump);

        /** Says how the answer ended where another thread than the generation's has to. */
        void conclude(Optional<RuntimeException> failed);
    }

    private final ChunkStream stream;
    private final Outlet outlet;
    private final StreamWorkers workers;
    private final Host host;
    private final Runnable onArrival = this::submit;

    // whoever reads
    private boolean ended;
    private RuntimeException failed;
    private boolean lent;
    private final Probation probation = new Probation();

    private volatile boolean heldUp;

    Pump(ChunkStream stream, Outlet outlet, StreamWorkers workers, Host host) {
        this.stream = stream;
        this.outlet = outlet;
        this.workers = workers;
        this.host = host;
    }

    // ---- a thread of its own

    /**
     * Runs to the answer's true end, or until the stream can wait without a thread.
     *
     * @return whether the answer has ended; if not, the pump is not the caller's any more
     */
    boolean pump() {
        try {
            return pumpOn();
        } catch (RuntimeException e) {
            // Its end is still to be told, and may wait for a slow client; nobody is to read on in its stead.
            ended = true;
            throw e;
        }
    }

    private boolean pumpOn() {
        stream.adopt();
        while (advance()) {
            outlet.chunk(stream.chunk());
            takeBack();
            if (!ended && !stream.hasNext()) {
                flushOnOwnThread();
                if (!heldUp && outlet.sharesThreads() && stream.whenReady(onArrival)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean advance() {
        if (failed != null) {
            throw failed;
        }
        ended = ended || !stream.advance();
        return !ended;
    }

    private void flushOnOwnThread() {
        if (!heldUp) {
            flush();
            return;
        }
        long before = workers.nanoTime();
        flush();
        heldUp = !probation.isOver(workers.nanoTime() - before);
    }

    private void flush() {
        outlet.flush();
        takeBack();
        host.atRest();
    }

    private void takeBack() {
        if (lent) {
            lent = false;
            stream.adopt();
        }
    }

    // ---- a shared thread

    private void submit() {
        workers.submit(this);
    }

    @Override
    public void run() {
        boolean some = false;
        try {
            some = takeWhatHasCome();
        } catch (RuntimeException | Error e) {
            fail("delivering on a shared thread failed", e);
        }
        if (ended || heldUp) {
            host.goOn(this);
        } else if (!stream.whenReady(onArrival)) {
            if (some) {
                // There is more, and others have their turn before it.
                submit();
            } else {
                host.goOn(this);
            }
        }
    }

    /** Returns whether there was something. */
    private boolean takeWhatHasCome() {
        if (!stream.poll()) {
            return false;
        }
        while (stream.hasNext() && advance()) {
            outlet.chunk(stream.chunk());
            takeBack();
        }
        flush();
        return true;
    }

    @Override
    public void heldUp() {
        heldUp = true;
    }

    // ---- a thread in the stead of one that is held up

    @Override
    public boolean readOn(BooleanSupplier wanted) {
        if (ended || !wanted.getAsBoolean()) {
            return !ended;
        }
        lent = true;
        stream.adopt();
        try {
            while (!ended && wanted.getAsBoolean()) {
                ended = !stream.advance();
                if (!ended) {
                    outlet.chunk(stream.chunk());
                    rest();
                }
            }
            outlet.flush();
        } catch (RuntimeException | Error e) {
            fail("reading ahead of a slow client failed", e);
        }
        if (ended) {
            // The provider need not wait until the client has it all.
            stream.close();
        }
        return !ended;
    }

    @Override
    public void conclude() {
        host.conclude(Optional.ofNullable(failed));
    }

    private void rest() {
        if (!stream.hasNext()) {
            outlet.flush();
            host.atRest();
        }
    }

    private void fail(String what, Throwable why) {
        ended = true;
        failed = why instanceof RuntimeException known ? known : new IllegalStateException(what, why);
    }
}
