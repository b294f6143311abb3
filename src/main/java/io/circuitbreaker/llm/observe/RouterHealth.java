package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.LiveStreams;
import io.circuitbreaker.llm.session.StoreState;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The checks behind {@code /health/live}, {@code /health/ready} and {@code /health/started}. They ask no provider. */
@ApplicationScoped
public class RouterHealth {

    private final Providers providers;
    private final StreamingManager manager;
    private final LlmRouter router;
    private final LiveStreams streams;

    /** For the proxy. */
    protected RouterHealth() {
        this(null, null, null, null);
    }

    @Inject
    public RouterHealth(Providers providers, StreamingManager manager, LlmRouter router, LiveStreams streams) {
        this.providers = providers;
        this.manager = manager;
        this.router = router;
        this.streams = streams;
    }

    /**
     * Ready while there is place for one more stream, and a provider that can be expected to answer it. A store that is
     * away is told of and no more: streams go on without it, and it would be away for all servers at once.
     */
    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> {
            StoreState store = streams.storeState();
            return ReadinessReport.of(names(), router.providers(), manager.activeStreams(), manager.config().limits().all())
                    .withData("stream_store", store.name()).withData("stream_store_reachable", store.reachable()).build();
        };
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("router").up().build();
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("router").status(!providers.all().isEmpty()).build();
    }

    private String names() {
        return providers.all().stream().map(LlmProvider::name).collect(Collectors.joining(", "));
    }
}
