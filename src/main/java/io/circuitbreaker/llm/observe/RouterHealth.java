package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
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
    private final LiveStreams streams;

    /** For the proxy. */
    protected RouterHealth() {
        this(null, null, null);
    }

    @Inject
    public RouterHealth(Providers providers, StreamingManager manager, LiveStreams streams) {
        this.providers = providers;
        this.manager = manager;
        this.streams = streams;
    }

    /**
     * Ready once there is a provider to ask, and while there is place for one more stream. A store that is away is told of
     * and no more: streams go on without it, and it would be away for all servers at once.
     */
    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> {
            int active = manager.activeStreams();
            int limit = manager.config().limits().all();
            StoreState store = streams.storeState();
            return HealthCheckResponse.named("router").withData("providers", names()).withData("active_streams", active)
                    .withData("max_concurrent_streams", limit).withData("stream_store", store.name())
                    .withData("stream_store_reachable", store.reachable())
                    .status(!providers.all().isEmpty() && active < limit).build();
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
