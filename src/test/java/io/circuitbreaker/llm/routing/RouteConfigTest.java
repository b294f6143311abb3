package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Recovery;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteConfigTest {

    @Test
    void withoutSettingsThereAreNoRoutes() {
        assertThat(RouteConfig.load(MapConfig.of())).isEqualTo(new RouteConfig(List.of(), Duration.ofSeconds(10),
                RouteConfig.DEFAULT_INSTRUCTION));
    }

    @Test
    void aRouteNeedsOnlyItsCandidates() {
        RouteConfig config = RouteConfig.load(MapConfig.of("llm.routes", "smart",
                "llm.route.smart.candidates", "openai/gpt-5, local/meta-llama/Llama-3"));
        assertThat(config.routes()).containsExactly(new Route("smart", RoutingStrategy.PRIORITY,
                List.of(new Route.Candidate("openai", "gpt-5", 1), new Route.Candidate("local", "meta-llama/Llama-3", 1)), Tactics.NONE));
    }

    @Test
    void everyKeyIsRead() {
        RouteConfig config = RouteConfig.load(MapConfig.of("llm.routes", " cb:fast , two ", "llm.route.max-wait", "PT3S",
                "llm.route.cb:fast.candidates", "a/m,b/m", "llm.route.cb:fast.strategy", "weighted",
                "llm.route.cb:fast.weights", "3, 0", "llm.route.cb:fast.hedge-after", "PT0.8S",
                "llm.route.cb:fast.race", "2", "llm.route.cb:fast.parallel", "1", "llm.route.cb:fast.recovery", "continue",
                "llm.route.two.candidates", "a/m"));
        assertThat(config.maxWait()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.routes()).extracting(Route::alias).containsExactly("cb:fast", "two");
        assertThat(config.routes().getFirst()).isEqualTo(new Route("cb:fast", RoutingStrategy.WEIGHTED,
                List.of(new Route.Candidate("a", "m", 3), new Route.Candidate("b", "m", 0)),
                new Tactics(Optional.of(Duration.ofMillis(800)), OptionalInt.of(2), OptionalInt.of(1),
                        Optional.of(Recovery.CONTINUE))));
    }

    @ParameterizedTest
    @CsvSource({"priority, PRIORITY", "least-busy, LEAST_BUSY", "latency, LATENCY", "cost, COST"})
    void strategies(String word, RoutingStrategy strategy) {
        assertThat(RouteConfig.load(MapConfig.of("llm.routes", "r", "llm.route.r.candidates", "a/m",
                "llm.route.r.strategy", word)).routes().getFirst().strategy()).isEqualTo(strategy);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            llm.routes              | a b        | must be a comma-separated list of names
            llm.routes              | openai/x   | must be a comma-separated list of names
            llm.routes              | r,r        | must not name a route twice
            llm.routes              | r.a,R-A    | differ only in case or punctuation
            llm.route.r.candidates  | ,          | at least one provider/model
            llm.route.r.candidates  | gpt-5      | at least one provider/model
            llm.route.r.candidates  | a/         | at least one provider/model
            llm.route.r.candidates  | a/m,a/m    | none twice
            llm.route.r.strategy    | fastest    | must be priority, weighted, least-busy, latency or cost
            llm.route.r.weights     | 1,1        | must be absent unless llm.route.r.strategy is weighted
            llm.route.r.hedge-after | 0.8        | must be an ISO-8601 duration from PT0.001S to PT1M such as PT0.8S
            llm.route.r.hedge-after | PT2M       | from PT0.001S to PT1M
            llm.route.r.race        | 9          | must be a whole number from 1 to 8
            llm.route.r.parallel    | two        | must be a whole number from 1 to 8
            llm.route.r.recovery    | yes        | must be continue or none
            llm.route.max-wait      | 10         | must be an ISO-8601 duration from PT0S to PT5M
            llm.route.max-wait      | PT-1S      | must be an ISO-8601 duration from PT0S to PT5M
            llm.route.max-wait      | PT6M       | must be an ISO-8601 duration from PT0S to PT5M
            """)
    void aBadValueIsNamedWithItsKeyAndRule(String key, String value, String rule) {
        MapConfig config = switch (key) {
            case "llm.routes" -> MapConfig.of(key, value);
            case "llm.route.r.candidates" -> MapConfig.of("llm.routes", "r", key, value);
            default -> MapConfig.of("llm.routes", "r", "llm.route.r.candidates", "a/m,b/m", key, value);
        };
        assertThatThrownBy(() -> RouteConfig.load(config)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " must").hasMessageContaining(rule).hasMessageEndingWith("was '" + value + "'");
    }

    @Test
    void aRouteWithoutCandidatesIsRefused() {
        assertThatThrownBy(() -> RouteConfig.load(MapConfig.of("llm.routes", "r")))
                .hasMessageStartingWith("llm.route.r.candidates must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,2,3", "1,-1", "1,x", "1,1000000", "0,0"})
    void weightsAreOneWholeNumberForEachCandidate(String weights) {
        MapConfig config = MapConfig.of("llm.routes", "r", "llm.route.r.candidates", "a/m,b/m",
                "llm.route.r.strategy", "weighted", "llm.route.r.weights", weights);
        assertThatThrownBy(() -> RouteConfig.load(config)).hasMessageStartingWith(
                "llm.route.r.weights must be a comma-separated list of 2 whole numbers from 0 to 999999");
    }

    @Test
    @DisplayName("T20: what a model is told that is to go on is the operator's to choose")
    void theInstructionIsConfigurable() {
        MapConfig config = MapConfig.of("llm.route.continuation-instruction", " Go on. ");
        assertThat(RouteConfig.load(config).continuationInstruction()).isEqualTo("Go on.");
        assertThatThrownBy(() -> RouteConfig.load(MapConfig.of("llm.route.continuation-instruction", "x".repeat(4001))))
                .hasMessage("llm.route.continuation-instruction must have at most 4000 characters, had 4001");
    }

    @Test
    void itsKeysAreKnown() {
        assertThat(LlmRouter.keys(MapConfig.of("llm.routes", "r"))).containsExactly("llm.routes", "llm.route.max-wait",
                "llm.route.continuation-instruction", "llm.route.r.candidates", "llm.route.r.strategy",
                "llm.route.r.weights", "llm.route.r.recovery", "llm.route.r.hedge-after", "llm.route.r.race",
                "llm.route.r.parallel", "llm.catalog");
    }
}
