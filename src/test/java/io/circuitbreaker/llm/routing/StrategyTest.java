package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategyTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private TestRouter test;

    private TestRouter routed(String strategy, String weights, LlmProvider... providers) {
        test = TestRouter.configured(MapConfig.of("llm.routes", "r", "llm.route.r.candidates",
                TestRouter.candidates(providers), "llm.route.r.strategy", strategy, "llm.route.r.weights", weights),
                providers);
        return test;
    }

    /** Answers after this time. */
    private StubProvider taking(String name, Duration time) {
        return StubProvider.does(name, () -> test.pass(time));
    }

    @ParameterizedTest
    @CsvSource({"0.0, a", "0.29, a", "0.3, b", "0.99, b"})
    void weightedIsALotInWhichEachHasItsShare(double chance, String provider) {
        routed("weighted", "3,7", StubProvider.answers("a"), StubProvider.answers("b"));
        test.chances.add(chance);
        assertThat(test.open("r").provider()).isEqualTo(provider);
    }

    @Test
    void whoeverHasNoWeightComesLast() {
        routed("weighted", "0,1", StubProvider.answers("a"),
                StubProvider.failsWith("b", new Failure.Unreachable("m")));
        RoutedStream answer = test.open("r");
        assertThat(answer.provider()).isEqualTo("a");
        assertThat(answer.fallbackReason()).contains("b/m: unreachable");
    }

    @Test
    void leastBusyLooksAtOpenStreams() {
        StubProvider third = StubProvider.answers("c").busyWith(1);
        routed("least-busy", "", StubProvider.answers("a").busyWith(2), StubProvider.answers("b").busyWith(1), third);
        assertThat(test.open("r").provider()).as("the first of those that are equally busy").isEqualTo("b");
        third.busyWith(0);
        assertThat(test.open("r").provider()).isEqualTo("c");
    }

    @Test
    void costAsksTheCheapestForTheRequestFirstAndTheUnpricedLast(@TempDir Path folder) {
        Failure down = new Failure.Unreachable("m");
        test = TestRouter.configured(new CatalogFile().with("b/m", CatalogFile.prices("1", "10"))
                .with("c/m", CatalogFile.prices("10", "1")).with("d/m", CatalogFile.prices("1", "1"))
                .in(folder, "llm.routes", "r", "llm.route.r.candidates", "a/m,b/m,c/m,d/m", "llm.route.r.strategy", "cost"),
                StubProvider.answers("a"), StubProvider.failsWith("b", down), StubProvider.failsWith("c", down),
                StubProvider.failsWith("d", down));
        assertThat(test.open("r").fallbackReason()).as("an answer of usual length")
                .contains("d/m: unreachable; c/m: unreachable; b/m: unreachable");
        assertThat(test.open(CatalogFile.request("r", "\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(4000)
                + "\"}],\"max_tokens\":9")).fallbackReason()).as("a long prompt and a short answer")
                .contains("d/m: unreachable; b/m: unreachable; c/m: unreachable");
    }

    @Test
    void theTaskGoesBeforeTheStrategyOfARoute(@TempDir Path folder) {
        test = TestRouter.configured(new CatalogFile().with("b/m", "\"tasks\":[\"coding\"]").in(folder, "llm.routes", "r",
                "llm.route.r.candidates", "a/m,b/m"), StubProvider.answers("a"), StubProvider.answers("b"));
        assertThat(test.open(CatalogFile.request("r", "")).provider()).isEqualTo("a");
        assertThat(test.open(CatalogFile.request("r", "\"circuit_breaker\":{\"task_type\":\"coding\"}")).provider())
                .isEqualTo("b");
        assertThat(test.open(CatalogFile.request("a/m", "\"models\":[\"b/m\"],\"circuit_breaker\":{"
                + "\"task_type\":\"coding\"}")).provider()).as("who is named first is asked first").isEqualTo("a");
        assertThat(test.open(CatalogFile.request("a/m", "\"models\":[\"b/m\"],\"circuit_breaker\":{"
                + "\"task_type\":\"coding\",\"routing_strategy\":\"task_specific\"}")).provider()).isEqualTo("b");
    }

    @Test
    void latencyAsksTheUnmeasuredFirstAndThenTheFastest() {
        routed("latency", "", taking("a", SECOND.multipliedBy(3)), taking("b", SECOND), taking("c", SECOND.multipliedBy(2)));
        assertThat(IntStream.range(0, 5).mapToObj(i -> test.open("r").provider()).toList())
                .containsExactly("a", "b", "c", "b", "b");
    }

    @Test
    void aFailureIsNotTheFastestAnswer() {
        routed("latency", "", StubProvider.failsWith("a", new Failure.Unreachable("refused at once")), taking("b", SECOND));
        assertThat(test.open("r").attempts()).isEqualTo(2);
        assertThat(test.open("r").attempts()).isEqualTo(1);
    }

    @Test
    void whoNamesATimeIsNotSlowOnceItIsOver() {
        routed("latency", "", StubProvider.failsWith("a", new Failure.RateLimited("m", Optional.of(SECOND))).thenAnswers(),
                taking("b", SECOND));
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    @DisplayName("Cancels are neutral: who was asked by a client that left has not been measured")
    void aCancelIsNoMeasurement() {
        routed("latency", "", StubProvider.failsWith("a", new Failure.ClientGone("gone")).thenAnswers(),
                taking("b", SECOND));
        test.noAnswer("r");
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void newMeasurementsReplaceOldOnesWithTime() {
        long[] now = {0};
        FirstTokenTimes times = new FirstTokenTimes(() -> now[0]);
        Target target = new Target(StubProvider.answers("a"), "m");
        times.measured(target, SECOND.multipliedBy(10));
        times.measured(target, SECOND);
        assertThat(times.of(target)).as("seven parts of ten and three of one").contains(Duration.ofMillis(7300));

        now[0] += Duration.ofMinutes(1).toNanos();
        times.measured(target, SECOND);
        assertThat(times.of(target)).as("the old one counts half after a minute").contains(Duration.ofMillis(3205));

        now[0] += FirstTokenTimes.FORGOTTEN_AFTER.toNanos();
        assertThat(times.of(target)).isEmpty();
    }

    @Test
    void whatIsRememberedIsBounded() {
        FirstTokenTimes times = new FirstTokenTimes(() -> 0);
        StubProvider provider = StubProvider.answers("a");
        IntStream.rangeClosed(0, RecentMap.LIMIT).forEach(i -> times.measured(new Target(provider, "m" + i), SECOND));
        assertThat(times.of(new Target(provider, "m0"))).isEmpty();
        assertThat(times.of(new Target(provider, "m1"))).contains(SECOND);
    }

    @Test
    void aWishReplacesTheRoutesStrategy() {
        routed("priority", "", StubProvider.answers("a").busyWith(2), StubProvider.answers("b").busyWith(1));
        assertThat(test.open("r").provider()).isEqualTo("a");
        assertThat(test.open("r", TestRouter.by(RoutingStrategy.LEAST_BUSY)).provider()).isEqualTo("b");
    }

    @Test
    void whoIsKnownToBeTooSlowIsLeftOut() {
        routed("priority", "", taking("a", SECOND.multipliedBy(2)), taking("b", SECOND));
        assertThat(test.open("r", TestRouter.within(SECOND)).provider()).as("nothing is known yet").isEqualTo("a");
        RoutedStream answer = test.open("r", TestRouter.within(SECOND));
        assertThat(answer.provider()).isEqualTo("b");
        assertThat(answer.fallbackReason()).contains("a/m: first token lately after 2000 ms");
    }

    @Test
    @DisplayName("A failure says that there was no token within its time, and not that one takes long")
    void whoFailedAtOnceIsNotTooSlow() {
        routed("priority", "", StubProvider.failsWith("a", new Failure.Unreachable("refused at once")).thenAnswers(),
                StubProvider.answers("b"));
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(test.open("r", TestRouter.within(SECOND)).provider()).isEqualTo("a");
    }

    @Test
    void whoLetOneWaitForNothingIsTooSlow() {
        FirstTokenTimes times = new FirstTokenTimes(() -> 0);
        Target target = new Target(StubProvider.answers("a"), "m");
        times.failed(target, SECOND.multipliedBy(60));
        assertThat(times.ofAnswers(target)).contains(SECOND.multipliedBy(60));
    }

    @Test
    void ifAllAreTooSlowTheRequestIsRefused() {
        routed("priority", "", taking("a", SECOND.multipliedBy(2)));
        test.open("r");
        assertThat(test.refusal("r", TestRouter.within(SECOND)).failure()).isEqualTo(new Failure.Overloaded("nobody is known"
                + " to send a first token within max_latency_ms = 1000: a/m: first token lately after 2000 ms",
                Optional.empty()));
    }
}
