package io.circuitbreaker.llm.relay;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Looks now and then whether a client holds up its stream; a stream that flows pays for a look and no more. Thread-safe. */
@Unproxied
public class SlowClients implements Watched {

    static final Duration INTERVAL = Duration.ofMillis(100);

    private static final Logger LOG = Logger.getLogger(SlowClients.class.getName());

    /** A way to a client that may be held up there. */
    interface Held {

        /** Finds out on the watchdog's thread whether it is held up, so it must be quick. */
        void look(long now);
    }

    private final Watchdog watchdog;
    private final Runnable onGivenUp;
    private final Set<Held> deliveries = ConcurrentHashMap.newKeySet();
    private volatile long due = System.nanoTime();

    @Inject
    public SlowClients(Watchdog watchdog, StreamingMetrics metrics) {
        this(watchdog, metrics::slowClient);
    }

    SlowClients(Watchdog watchdog, Runnable onGivenUp) {
        this.watchdog = watchdog;
        this.onGivenUp = onGivenUp;
    }

    @PostConstruct
    void start() {
        watchdog.watch(this);
    }

    void add(Held delivery) {
        deliveries.add(delivery);
    }

    void remove(Held delivery) {
        deliveries.remove(delivery);
    }

    /** Counts a client that took nothing for this long, and says so. Call it once for each. */
    public Failure givenUp(Duration limit) {
        return givenUp("took nothing", limit);
    }

    /** @param what it did for this long */
    public Failure givenUp(String what, Duration limit) {
        onGivenUp.run();
        return new Failure.SlowClient("the client " + what + " for " + limit.toMillis()
                + " ms (llm.streaming.slow-client-timeout)");
    }

    @Override
    public long due() {
        return due;
    }

    @Override
    public void expired() {
        long now = System.nanoTime();
        due = now + INTERVAL.toNanos();
        for (Held delivery : deliveries) {
            try {
                delivery.look(now);
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "a slow client could not be dealt with; the others can", e);
            }
        }
    }
}
