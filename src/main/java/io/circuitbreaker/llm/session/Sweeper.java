package io.circuitbreaker.llm.session;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Looks once a second for sessions and streams whose time is over. */
@ApplicationScoped
public class Sweeper {

    private static final Logger LOG = Logger.getLogger(Sweeper.class.getName());
    private static final long INTERVAL_IN_MILLIS = 1000;

    private final StreamingManager manager;
    private final LiveStreams streams;

    @Resource
    private ManagedScheduledExecutorService scheduler;
    private ScheduledFuture<?> sweeping;

    /** For the proxy. */
    protected Sweeper() {
        this(null, null);
    }

    @Inject
    public Sweeper(StreamingManager manager, LiveStreams streams) {
        this.manager = manager;
        this.streams = streams;
    }

    void start(@Observes Startup startup) {
        sweeping = scheduler.scheduleWithFixedDelay(this::sweep, INTERVAL_IN_MILLIS, INTERVAL_IN_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Each part by itself: a schedule whose task throws is over without a word. */
    void sweep() {
        attempt("sessions", manager::expire);
        attempt("streams", streams::sweep);
    }

    private static void attempt(String what, Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, e, () -> "looking for " + what + " whose time is over failed; it is tried again");
        }
    }

    @PreDestroy
    void stop() {
        sweeping.cancel(false);
    }
}
