package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Looks now and then whether a client holds up its stream; a stream that flows pays for a look and no more. Thread-safe. */
@ApplicationScoped
public class SlowClients implements Watched {

    static final Duration INTERVAL = Duration.ofMillis(100);

    private static final Logger LOG = Logger.getLogger(SlowClients.class.getName());

    private final Watchdog watchdog;
    private final Set<BufferedDelivery> deliveries = ConcurrentHashMap.newKeySet();
    private volatile long due = System.nanoTime();

    /** For the proxy. */
    protected SlowClients() {
        this(null);
    }

    @Inject
    public SlowClients(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    @PostConstruct
    void start() {
        watchdog.watch(this);
    }

    void add(BufferedDelivery delivery) {
        deliveries.add(delivery);
    }

    void remove(BufferedDelivery delivery) {
        deliveries.remove(delivery);
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public void expired() {
        long now = System.nanoTime();
        due = now + INTERVAL.toNanos();
        for (BufferedDelivery delivery : deliveries) {
            try {
                delivery.look(now);
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "a slow client could not be dealt with; the others can", e);
            }
        }
    }
}
