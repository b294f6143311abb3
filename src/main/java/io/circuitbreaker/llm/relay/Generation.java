package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.observe.StreamEnd;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.routing.NoAnswerException;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.StreamPlace;
import io.circuitbreaker.llm.session.StreamingSession;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request, from its place among the open streams to its one end. Its virtual thread opens the answer, and ends it; see
 * {@link Pump} for what is between. Other threads only cancel it.
 *
 * <pre>
 *   admitted --start()--> opening --first token--> flowing --> complete
 *                            |                        |
 *                            +------------------------+------> failed
 * </pre>
 */
public final class Generation {

    private static final Logger LOG = Logger.getLogger(Generation.class.getName());

    // configuration
    private final LlmRequest request;
    private final Generations services;
    private final StreamPlace place;
    private final Cancellation cancellation;
    private final long startedAt = System.nanoTime();

    // written by the generation's own thread
    private volatile String provider = "";
    private volatile Optional<Duration> firstToken = Optional.empty();

    private final AtomicBoolean concluded = new AtomicBoolean();
    private final AtomicBoolean settled = new AtomicBoolean();

    Generation(LlmRequest request, Generations services, StreamPlace place, Cancellation cancellation) {
        this.request = request;
        this.services = services;
        this.place = place;
        this.cancellation = cancellation;
    }

    public StreamPlace place() {
        return place;
    }

    public String id() {
        return place.id();
    }

    /** Ends it, from any thread. Only the first reason counts. */
    public void cancel(Failure why) {
        cancellation.cancel(why);
    }

    /**
     * Whoever holds its thread up, as by a wait for its client, is to be told of a cancel: from wherever that comes, on its
     * thread; at once if it has come already.
     */
    public void onCancel(Consumer<Failure> action) {
        cancellation.part().onCancel(action);
    }

    /** Ends it though its client holds it up: nobody waits until the client is told. From any thread. */
    public void giveUp(Failure why) {
        cancel(why);
        settle(Optional.of(new LlmException(why)));
    }

    /** Runs it on a virtual thread of its own. Call it once. */
    public void start(Outlet outlet) {
        run(outlet, () -> answer(outlet));
    }

    private void run(Outlet outlet, Runnable part) {
        Thread.ofVirtual().name("llm-stream-" + id()).start(() -> {
            Optional<LlmException> failure = failureOf(part);
            failure.ifPresent(why -> conclude(outlet, failure));
            services.coldStart().over();
        });
    }

    private Optional<LlmException> failureOf(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (LlmException e) {
            provider = e instanceof NoAnswerException none ? none.provider() : provider;
            LOG.log(Level.FINE, e, () -> "stream " + id() + " failed");
            return Optional.of(e);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, e, () -> "stream " + id() + " failed by our own fault");
            return Optional.of(new LlmException(
                    new Failure.Internal("the router failed; its log has more under " + id()), e));
        }
    }

    private void answer(Outlet outlet) {
        services.coldStart().enter();
        RoutedStream routed = services.router().open(request, cancellation, services.metrics()::record);
        ChunkStream stream = routed.stream();
        boolean begun = false;
        try {
            provider = routed.countedAs();
            firstToken = Optional.of(sinceStart());
            outlet.begin(routed);
            Pump pump = new Pump(stream, outlet, services.workers(), new Pumping(outlet, stream));
            outlet.lend(pump);
            begun = true;
            goOn(outlet, stream, pump);
        } finally {
            if (!begun) {
                stream.close();
            }
        }
    }

    /** To the answer's end, or until it waits without a thread and goes on by itself. */
    private void goOn(Outlet outlet, ChunkStream stream, Pump pump) {
        boolean mine = true;
        try {
            mine = pump.pump();
            if (mine) {
                conclude(outlet, Optional.empty());
            }
        } finally {
            if (mine) {
                stream.close();
            }
        }
    }

    private final class Pumping implements Pump.Host {

        private final Outlet outlet;
        private final ChunkStream stream;

        Pumping(Outlet outlet, ChunkStream stream) {
            this.outlet = outlet;
            this.stream = stream;
        }

        @Override
        public void atRest() {
            place.session().ifPresent(StreamingSession::touch);
            services.coldStart().over();
        }

        @Override
        public void goOn(Pump pump) {
            run(outlet, () -> Generation.this.goOn(outlet, stream, pump));
        }

        @Override
        public void conclude(Optional<RuntimeException> failed) {
            Generation.this.conclude(outlet, failed.flatMap(Generation.this::failureOf));
        }
    }

    private Optional<LlmException> failureOf(RuntimeException failed) {
        return failureOf(() -> {
            throw failed;
        });
    }

    /** Says the end, once; on the generation's own thread or, if a client that was given up holds that, on another. */
    private void conclude(Outlet outlet, Optional<LlmException> failure) {
        if (concluded.compareAndSet(false, true)) {
            end(outlet, failure.or(() -> failureOf(() -> complete(outlet))));
        }
    }

    private void complete(Outlet outlet) {
        // All has been read, but maybe not delivered: what waited for a client that was given up is dropped.
        cancellation.throwIfCancelled();
        outlet.complete();
    }

    /** Settles everything, once: the client's answer, the place, the figures. */
    private void end(Outlet outlet, Optional<LlmException> failure) {
        try {
            failure.ifPresent(outlet::fail);
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, e, () -> "stream " + id() + ": the client could not be told how it ended");
        } finally {
            settle(failure);
        }
    }

    /** Gives back the place and counts, once: the end that comes first is the stream's. */
    private void settle(Optional<LlmException> failure) {
        if (settled.compareAndSet(false, true)) {
            place.close();
            StreamEnd end = new StreamEnd(provider, firstToken, sinceStart(), failure.map(LlmException::failure));
            services.metrics().record(end);
            failure.ifPresent(why -> LOG.log(Level.INFO, () -> "stream " + id() + " of provider '" + provider
                    + "' ended after " + end.total().toMillis() + " ms: " + end.outcome()));
        }
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }
}
