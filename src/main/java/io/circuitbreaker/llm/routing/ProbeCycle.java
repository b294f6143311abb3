package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Probes one provider again and again: each probe on a thread of its own, and the next an interval after its end.
 * Says in the log when what it finds changes.
 */
final class ProbeCycle implements Watched {

    private static final Logger LOG = Logger.getLogger(ProbeCycle.class.getName());

    // configuration
    private final RemoteProvider provider;
    private final long intervalInNanos;
    private final BiConsumer<String, Optional<String>> found;
    private final LongSupplier nanoTime;
    private final Consumer<Watched> watch;
    private final Executor threads;

    // shared
    private volatile long due = Watchdog.NEVER;
    private volatile boolean stopped;

    // the probe's thread, of which there is one at a time
    private boolean failing;

    /**
     * @param found   told after each probe: the provider, and what is wrong with it
     * @param threads where a probe may block
     */
    ProbeCycle(RemoteProvider provider, BiConsumer<String, Optional<String>> found, LongSupplier nanoTime,
               Consumer<Watched> watch, Executor threads) {
        this.provider = provider;
        this.intervalInNanos = provider.probeInterval().orElseThrow().toNanos();
        this.found = found;
        this.nanoTime = nanoTime;
        this.watch = watch;
        this.threads = threads;
    }

    /** The first probe is at once. */
    void start() {
        askAgainIn(0);
    }

    void stop() {
        stopped = true;
        due = Watchdog.NEVER;
    }

    private void askAgainIn(long nanos) {
        if (!stopped) {
            due = nanoTime.getAsLong() + nanos;
            watch.accept(this);
        }
    }

    @Override
    public long due() {
        return stopped ? Watchdog.NEVER : due;
    }

    @Override
    public void expired() {
        due = Watchdog.NEVER;
        threads.execute(this::run);
    }

    private void run() {
        try {
            Optional<String> wrong = provider.probe();
            if (!stopped) {
                found.accept(provider.name(), wrong);
                logChange(wrong);
            }
        } catch (RuntimeException | Error e) {
            // Whatever it is, the next probe may do better.
            LOG.log(Level.SEVERE, e, () -> "probing provider '" + provider.name() + "' failed by our own fault");
        } finally {
            askAgainIn(intervalInNanos);
        }
    }

    private void logChange(Optional<String> wrong) {
        if (wrong.isPresent() && !failing) {
            LOG.warning(() -> "provider '" + provider.name() + "' fails its probes: " + wrong.get());
        } else if (wrong.isEmpty() && failing) {
            LOG.info(() -> "provider '" + provider.name() + "' passes its probes again");
        }
        failing = wrong.isPresent();
    }
}
