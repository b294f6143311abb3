package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.routing.ProviderStatus;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether this server should be sent requests. */
final class ReadinessReport {

    private ReadinessReport() {
    }

    /** May be added to. */
    static HealthCheckResponseBuilder of(String names, List<ProviderStatus> providers, int active, int limit) {
        HealthCheckResponseBuilder report = HealthCheckResponse.named("router").withData("providers", names)
                .withData("active_streams", active).withData("max_concurrent_streams", limit);
        for (ProviderStatus provider : providers) {
            report.withData("provider." + provider.provider().name(), words(provider));
        }
        return report.status(active < limit && isAnyUsable(providers));
    }

    /** The demo answers always, and nobody's question: it counts only where there is nothing else. */
    static boolean isAnyUsable(List<ProviderStatus> providers) {
        List<ProviderStatus> remote =
                providers.stream().filter(status -> status.provider() instanceof RemoteProvider).toList();
        return (remote.isEmpty() ? providers : remote).stream().anyMatch(status -> status.state().isUsable());
    }

    private static String words(ProviderStatus provider) {
        String state = provider.state().name().toLowerCase(Locale.ROOT);
        return provider.why().isEmpty() ? state : state + ": " + provider.why();
    }
}
