package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamState;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps the events of a stream for those who come back, and hands them at the same time to the client that began it, as
 * long as that is there. It goes away without harm to the stream.
 */
public final class KeptDelivery implements Delivery {

    /** @param data the event that tells the client why; empty if nobody is to be told */
    private record Parting(LlmException why, String data) {
    }

    /** The client that began the stream, and its claim that somebody reads it. */
    private static final class First {

        private final Delivery delivery;
        private final Reading reading;
        // set by whoever finds out; the generation's thread, which alone may use the delivery, lets go of it then
        private volatile Parting parting;

        First(Delivery delivery, Reading reading) {
            this.delivery = delivery;
            this.reading = reading;
        }
    }

    private final LiveStream stream;
    private volatile First first;

    /** For a client that reads it elsewhere. */
    public KeptDelivery(LiveStream stream) {
        this.stream = stream;
    }

    /** The client takes the events from the first on. Call it before the generation starts. */
    public void deliverTo(Delivery delivery) {
        first = new First(delivery, stream.read());
    }

    /** The client that began the stream is gone; from any thread. */
    public void leave() {
        leave(new Parting(new LlmException(new Failure.ClientGone("the client went away")), ""));
    }

    /** The client that began the stream is not waited for any longer; from any thread. */
    public void leave(Failure why, String data) {
        leave(new Parting(new LlmException(why), data));
    }

    private void leave(Parting parting) {
        First gone = first;
        if (gone != null) {
            gone.parting = parting;
            gone.reading.close();
        }
    }

    @Override
    public void begin(RoutedStream answer) {
        stream.begin(answer.stream().droppedParams());
        hand(to -> to.begin(answer));
    }

    @Override
    public void lend(ReadAhead reader) {
        delivery().ifPresent(delivery -> delivery.lend(reader));
    }

    @Override
    public boolean sharesThreads() {
        First to = first;
        return to == null || to.delivery.sharesThreads();
    }

    @Override
    public void event(long id, String data) {
        stream.append(data);
        hand(to -> to.event(id, data));
    }

    @Override
    public void last(long id, String data) {
        stream.append(data);
        hand(to -> to.last(id, data));
    }

    @Override
    public void flush() {
        hand(Delivery::flush);
    }

    /** To the client that began the stream, as long as it is there. */
    private void hand(Consumer<Delivery> step) {
        try {
            delivery().ifPresent(step);
        } catch (LlmException e) {
            goneOrThrow(e);
        }
    }

    @Override
    public void heartbeat() {
        // The client's own way to it has one of its own.
    }

    @Override
    public void end() {
        stream.end(StreamState.COMPLETE);
        try {
            hand(Delivery::end);
        } finally {
            leave();
        }
    }

    @Override
    public void fail(LlmException why, long id, String data) {
        keepFailure(why, data);
        Optional<Delivery> to = delivery();
        try {
            to.ifPresent(delivery -> delivery.fail(why, id, data));
        } finally {
            leave();
        }
    }

    private void keepFailure(LlmException why, String data) {
        // Where only the first client could not be given its end, the stream has its own already.
        if (!stream.status().state().isEnd()) {
            stream.append(data);
            stream.end(endOf(why.failure()));
        }
    }

    private static StreamState endOf(Failure failure) {
        boolean unwanted = failure instanceof Failure.Cancelled || failure instanceof Failure.ClientGone
                || failure instanceof Failure.SlowClient;
        return unwanted ? StreamState.CANCELLED : StreamState.FAILED;
    }

    private Optional<Delivery> delivery() {
        First to = first;
        return to == null || letGo(to) ? Optional.empty() : Optional.of(to.delivery);
    }

    /** Whether the client has left; then its response is given back to the server. */
    private boolean letGo(First to) {
        Parting parting = to.parting;
        if (parting != null) {
            giveBack(to, parting);
        }
        return parting != null;
    }

    private void giveBack(First gone, Parting parting) {
        first = null;
        gone.delivery.fail(parting.why, 0, parting.data);
    }

    private void goneOrThrow(LlmException e) {
        if (!(e.failure() instanceof Failure.ClientGone)) {
            throw e;
        }
        First gone = first;
        if (gone == null) {
            // A second thread, reading on, has found out before.
            return;
        }
        leave();
        giveBack(gone, new Parting(e, ""));
    }
}
