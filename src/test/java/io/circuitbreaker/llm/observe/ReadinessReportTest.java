package io.circuitbreaker.llm.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.RemoteProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.routing.ProviderState;
import io.circuitbreaker.llm.routing.ProviderStatus;
import io.circuitbreaker.llm.routing.Standing;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessReportTest {

    private static ProviderStatus status(LlmProvider provider, ProviderState state) {
        return new ProviderStatus(provider, state, "", Optional.empty(),
                new Standing(0, OptionalDouble.empty(), Optional.empty(), Optional.empty()), List.of(),
                Optional.empty());
    }

    /** Only its kind counts. */
    private static ProviderStatus remote(ProviderState state) {
        return status((RemoteProvider) Proxy.newProxyInstance(RemoteProvider.class.getClassLoader(),
                new Class<?>[] {RemoteProvider.class}, (_, method, _) -> {
                    throw new AssertionError(method.getName());
                }), state);
    }

    private static ProviderStatus demo() {
        return status(StubProvider.answers("demo"), ProviderState.UP);
    }

    @ParameterizedTest
    @CsvSource({"UP, true", "PAUSED, true", "FULL, false", "DEGRADED, false", "BREAKER_OPEN, false"})
    void oneThatCanBeExpectedToAnswerIsEnough(ProviderState state, boolean usable) {
        assertThat(ReadinessReport.isAnyUsable(List.of(remote(state)))).isEqualTo(usable);
        assertThat(ReadinessReport.isAnyUsable(List.of(remote(state), remote(ProviderState.UP)))).isTrue();
    }

    @Test
    void theDemoCountsOnlyWhereItIsAlone() {
        assertThat(ReadinessReport.isAnyUsable(List.of(demo()))).isTrue();
        assertThat(ReadinessReport.isAnyUsable(List.of(demo(), remote(ProviderState.DEGRADED)))).isFalse();
    }

    @Test
    void withoutProvidersNobodyIsUsable() {
        assertThat(ReadinessReport.isAnyUsable(List.of())).isFalse();
    }
}
