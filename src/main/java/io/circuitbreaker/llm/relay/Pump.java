package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.ChunkStream;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Takes an answer from its stream to its outlet. One thread at a time does: the generation's own, or another while that
 * is held up in the outlet. The outlet sees to it that there is never more than one, and that each knows what the one
 * before did.
 */
final class Pump implements ReadAhead {

    private final ChunkStream stream;
    private final Outlet outlet;
    private final Runnable atRest;
    private final Consumer<Optional<RuntimeException>> onConclusion;

    // whoever reads
    private boolean ended;
    private RuntimeException failed;
    private boolean lent;

    /**
     * @param atRest       called when nothing else is ready to be read
     * @param onConclusion told how the answer ended where another thread than the generation's has to say so
     */
    Pump(ChunkStream stream, Outlet outlet, Runnable atRest, Consumer<Optional<RuntimeException>> onConclusion) {
        this.stream = stream;
        this.outlet = outlet;
        this.atRest = atRest;
        this.onConclusion = onConclusion;
    }

    /** Runs to the answer's true end, on the thread that opened it. */
    void run() {
        try {
            while (advance()) {
                outlet.chunk(stream.chunk());
                takeBack();
                if (!ended && !stream.hasNext()) {
                    outlet.flush();
                    takeBack();
                    atRest.run();
                }
            }
        } finally {
            takeBack();
        }
    }

    private boolean advance() {
        if (failed != null) {
            throw failed;
        }
        ended = ended || !stream.advance();
        return !ended;
    }

    private void takeBack() {
        if (lent) {
            lent = false;
            stream.adopt();
        }
    }

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
                    atRest();
                }
            }
        } catch (RuntimeException e) {
            fail(e);
        } catch (Error e) {
            fail(new IllegalStateException("reading ahead of a slow client failed", e));
        }
        if (ended) {
            // The provider need not wait until the client has it all.
            stream.close();
        }
        return !ended;
    }

    @Override
    public void conclude() {
        onConclusion.accept(Optional.ofNullable(failed));
    }

    private void atRest() {
        if (!stream.hasNext()) {
            atRest.run();
        }
    }

    private void fail(RuntimeException why) {
        ended = true;
        failed = why;
    }
}
