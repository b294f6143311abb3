package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.provider.Watchdog;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** Probes, from the start on, the providers that are configured to be. */
@ApplicationScoped
public class Probes {

    private final Providers providers;
    private final LlmRouter router;
    private final Watchdog watchdog;
    private final List<ProbeCycle> running = new ArrayList<>();

    /** For the proxy. */
    protected Probes() {
        this(null, null, null);
    }

    @Inject
    public Probes(Providers providers, LlmRouter router, Watchdog watchdog) {
        this.providers = providers;
        this.router = router;
        this.watchdog = watchdog;
    }

    void start(@Observes Startup startup) {
        providers.remote().filter(provider -> provider.probeInterval().isPresent()).forEach(this::start);
    }

    private void start(RemoteProvider provider) {
        ProbeCycle cycle = new ProbeCycle(provider, router::probed, System::nanoTime, watchdog::watch,
                task -> Thread.ofVirtual().name("llm-probe-" + provider.name()).start(task));
        running.add(cycle);
        cycle.start();
    }

    @PreDestroy
    void stop() {
        running.forEach(ProbeCycle::stop);
    }
}
