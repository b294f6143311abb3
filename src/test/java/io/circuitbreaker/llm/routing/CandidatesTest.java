package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CandidatesTest {

    private static final Failure DOWN = new Failure.Unreachable("m");

    private final StubProvider a = StubProvider.failsWith("a", DOWN).lists("gpt-x");
    private final StubProvider b = StubProvider.failsWith("b", DOWN);
    private final StubProvider c = StubProvider.answers("c");
    private final TestRouter test = TestRouter.configured(MapConfig.of("llm.routes", "r,dead,gpt-x",
            "llm.route.r.candidates", "a/1,missing/9,b/2", "llm.route.dead.candidates", "missing/9",
            "llm.route.gpt-x.candidates", "c/3"), a, b, c);

    @Test
    void fallbacksFollowTheModelInOrder() {
        RoutedStream answer = test.open("a/1", TestRouter.fallbacks("b/2", "c/3"));
        assertThat(answer.provider()).isEqualTo("c");
        assertThat(answer.model()).isEqualTo("3");
        assertThat(answer.attempts()).isEqualTo(3);
        assertThat(answer.fallbackReason()).contains("a/1: unreachable; b/2: unreachable");
    }

    @Test
    void aFallbackMayBeARouteAndNobodyIsAskedTwice() {
        assertThat(test.open("b/2", TestRouter.fallbacks("r", "b/2", "c/3")).fallbackReason())
                .contains("b/2: unreachable; a/1: unreachable");
    }

    @Test
    void aNameThatNobodyServesIsToldAsLongAsThereIsAnother() {
        assertThat(test.open("missing/9", TestRouter.fallbacks("c/3")).fallbackReason())
                .contains("missing/9: not served here");
        LlmException refused = test.refusal("missing/9", TestRouter.fallbacks("missing/8"));
        assertThat(refused.failure()).isInstanceOf(Failure.NotFound.class).extracting(Failure::message).asString()
                .contains("missing/9");
    }

    @Test
    void controlCharactersOfANameReachNeitherHeaderNorLog() {
        assertThat(test.open("x/\r\ny", TestRouter.fallbacks("c/3")).fallbackReason()).contains("x/??y: not served here");
    }

    @Test
    void preferredProvidersComeFirstInTheirOrder() {
        RoutingWish wish = new RoutingWish(List.of("b/2", "c/3"), List.of("nobody", "c", "b"), Optional.empty(),
                Optional.empty(), false);
        assertThat(test.open("a/1", wish).provider()).isEqualTo("c");
        assertThat(a.timesAsked() + b.timesAsked()).isZero();

        NoAnswerException refused = catchThrowableOfType(NoAnswerException.class,
                () -> test.open("r", TestRouter.preferring("b")));
        assertThat(refused.fallbackReason()).contains("b/2: unreachable; a/1: unreachable");
    }

    @Test
    void aRouteNobodyCanServeIsNotFoundAndNotListed() {
        LlmException refused = test.refusal("dead", RoutingWish.NONE);
        assertThat(refused.failure()).isEqualTo(new Failure.NotFound("the route 'dead' has no candidate whose provider is in"
                + " use; check llm.route.dead.candidates and llm.providers", "model_not_found"));
        assertThat(test.router.model("dead")).isEmpty();
    }

    @Test
    void aRouteGoesBeforeAModelOfTheSameName() {
        assertThat(test.open("gpt-x").provider()).isEqualTo("c");
    }

    @Test
    void routesAreListedAndHideAModelOfTheSameName() {
        assertThat(test.router.models()).startsWith(new ServedModel("r", "router"), new ServedModel("gpt-x", "router"))
                .doesNotContain(new ServedModel("gpt-x", "a"));
        assertThat(test.router.model("r")).contains(new ServedModel("r", "router"));
        assertThat(test.router.model("b/7")).contains(new ServedModel("b/7", "b"));
        assertThat(test.router.model("nothing/7")).isEmpty();
    }
}
