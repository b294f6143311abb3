package io.circuitbreaker.llm.session;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends the streams that are left when the process is told to stop or the application is taken from its server, while their
 * clients can still be told. Open Liberty lets requests go on for 30 s, then closes all connections, and only then stops the
 * application, whose beans go in no order.
 */
@ApplicationScoped
public class Shutdown {

    private static final Logger LOG = Logger.getLogger(Shutdown.class.getName());

    private final StreamingManager manager;
    private Thread hook;

    /** For the proxy. */
    protected Shutdown() {
        this(null);
    }

    @Inject
    public Shutdown(StreamingManager manager) {
        this.manager = manager;
    }

    void start(@Observes Startup startup) {
        Duration grace = manager.config().shutdownGrace();
        hook = Thread.ofPlatform().name("llm-shutdown").unstarted(() -> end(grace));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void applicationEnds(@Observes @BeforeDestroyed(ApplicationScoped.class) Object context) {
        end(Duration.ZERO);
    }

    private void end(Duration grace) {
        try {
            manager.endAll(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.log(Level.WARNING, "the server did not wait for its streams to end", e);
        }
    }

    /** The server may live on without the application. */
    @PreDestroy
    void stop() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "it is the process that stops", e);
        }
    }
}
