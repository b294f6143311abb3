package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.provider.Watched;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeCycleTest {

    private static final Optional<String> WELL = Optional.empty();
    private static final Optional<String> DOWN = Optional.of("it answered with status 503");
    private static final Logger LOG = Logger.getLogger(ProbeCycle.class.getName());

    private long now = 7;
    private final StubRemote provider = new StubRemote("a");
    private final List<String> found = new ArrayList<>();
    private final List<Watched> watched = new ArrayList<>();
    private final Queue<Runnable> started = new ArrayDeque<>();
    private final ProbeCycle cycle = new ProbeCycle(provider, (name, wrong) -> found.add(name + ": " + wrong),
            () -> now, watched::add, started::add);
    private final List<String> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    @BeforeEach
    void listen() {
        LOG.setUseParentHandlers(false);
        LOG.setLevel(Level.ALL);
        LOG.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(handler);
        LOG.setLevel(null);
        LOG.setUseParentHandlers(true);
    }

    /** As the watchdog does when the time has come; runs what the cycle has started. */
    private void probe(Optional<String> result) {
        provider.probes.add(() -> result);
        cycle.expired();
        started.remove().run();
    }

    @Test
    void theFirstIsAtOnceAndTheNextAnIntervalAfterTheEndOfTheOneBefore() {
        cycle.start();
        assertThat(watched).containsExactly(cycle);
        assertThat(cycle.due()).isEqualTo(7);
        cycle.expired();
        assertThat(cycle.due()).as("while one runs").isEqualTo(Watchdog.NEVER);
        now = 1000;
        provider.probes.add(() -> DOWN);
        started.remove().run();
        assertThat(found).containsExactly("a: " + DOWN);
        assertThat(watched).containsExactly(cycle, cycle);
        assertThat(cycle.due()).isEqualTo(1000 + StubRemote.INTERVAL.toNanos());
    }

    @Test
    void changesAreLoggedOnce() {
        for (Optional<String> result : List.of(WELL, WELL, DOWN, DOWN, WELL, WELL, DOWN)) {
            probe(result);
        }
        assertThat(found).hasSize(7);
        assertThat(logged).containsExactly(
                "WARNING provider 'a' fails its probes: it answered with status 503",
                "INFO provider 'a' passes its probes again",
                "WARNING provider 'a' fails its probes: it answered with status 503");
    }

    @Test
    void aFaultOfOursIsLoggedAndEndsNothing() {
        provider.probes.add(() -> {
            throw new IllegalStateException("oops");
        });
        cycle.expired();
        started.remove().run();
        assertThat(logged).containsExactly("SEVERE probing provider 'a' failed by our own fault");
        assertThat(cycle.due()).isEqualTo(7 + StubRemote.INTERVAL.toNanos());
    }

    @Test
    void whatIsStoppedProbesNoMoreAndTellsNothing() {
        cycle.start();
        cycle.expired();
        cycle.stop();
        provider.probes.add(() -> DOWN);
        started.remove().run();
        assertThat(watched).as("only at the start").containsExactly(cycle);
        assertThat(cycle.due()).isEqualTo(Watchdog.NEVER);
        assertThat(found).isEmpty();
        assertThat(logged).isEmpty();
    }
}
