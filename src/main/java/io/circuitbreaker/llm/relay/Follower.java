package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Hands a kept stream to one more client, from where that client is, until the stream or the client ends. */
public final class Follower {

    private static final Logger LOG = Logger.getLogger(Follower.class.getName());

    private final ReadableStream stream;
    private final Reading reading;
    private final ClientDialect dialect;
    private final Delivery delivery;
    private final Duration heartbeatInterval;

    // its own thread: the event after which it goes on
    private long at;
    private boolean told;

    /** @param reading its claim that it reads the stream; it is closed at the end */
    public Follower(ReadableStream stream, Reading reading, ClientDialect dialect, Delivery delivery,
                    Duration heartbeatInterval) {
        this.stream = stream;
        this.reading = reading;
        this.dialect = dialect;
        this.delivery = delivery;
        this.heartbeatInterval = heartbeatInterval;
    }

    /** Follows on a virtual thread of its own, which is returned; to interrupt it is to stop. Call it once. */
    public Thread start(long after) {
        return Thread.ofVirtual().name("llm-follow-" + stream.info().id()).start(() -> {
            try (reading) {
                at = after;
                follow();
            } catch (LlmException e) {
                LOG.log(Level.FINE, e, () -> "a reader of stream " + stream.info().id() + " went away or lost it");
                endBy(e);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, e, () -> "a reader of stream " + stream.info().id() + " failed by our own fault");
                internal();
            }
        });
    }

    private void follow() throws InterruptedException {
        while (true) {
            switch (stream.after(at, heartbeatInterval)) {
                // Its client has had the last event, and is told once more how the stream ended: it waits for something.
                case Page.Events events when !told && at > 0 && events.last() && events.data().isEmpty() -> at--;
                case Page.Events events -> {
                    deliver(events);
                    at = events.lastId();
                    if (events.last()) {
                        delivery.end();
                        return;
                    }
                    delivery.flush();
                }
                case Page.Silence _ -> delivery.heartbeat();
                case Page.Gone gone -> {
                    tellExpired(gone);
                    return;
                }
                case Page.Ahead ahead -> {
                    fail(unknown(ahead));
                    return;
                }
            }
        }
    }

    private void deliver(Page.Events events) {
        long id = events.firstId();
        for (String data : events.data()) {
            told = true;
            delivery.event(id, data);
            at = id++;
        }
    }

    /** Its client is gone, or the stream cannot be followed any more. */
    private void endBy(LlmException e) {
        boolean gone = e.failure() instanceof Failure.ClientGone;
        delivery.fail(e, at, gone ? "" : dialect.error(e.failure()));
    }

    private void fail(Failure failure) {
        endBy(new LlmException(failure));
    }

    /**
     * As an event also where nothing was sent yet: an EventSource does not see statuses. It has the number of the newest
     * event, so that who comes back by itself goes on from there and is not told the same for ever.
     */
    private void tellExpired(Page.Gone gone) {
        Failure expired = new Failure.Expired("the events of stream " + stream.info().id() + " after " + at
                + " are not kept any more; the oldest is " + gone.oldest());
        delivery.event(stream.status().newestEvent(), dialect.error(expired));
        delivery.end();
    }

    private Failure unknown(Page.Ahead ahead) {
        return new Failure.NotFound("stream " + stream.info().id() + " has no event " + at + "; its newest is "
                + ahead.newest(), "event_not_found");
    }

    private void internal() {
        try {
            fail(new Failure.Internal("the router failed; its log has more under " + stream.info().id()));
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, e, () -> "a reader of stream " + stream.info().id() + " could not be told");
        }
    }
}
