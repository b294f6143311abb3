package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FailoverWaitTest {

    private static Failure limited(Duration retryAfter) {
        return new Failure.RateLimited("slow down", Optional.of(retryAfter));
    }

    private static final Failure SILENT_LIMIT = new Failure.RateLimited("slow down", Optional.empty());
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void aSingleCandidateIsWaitedForAsLongAsItAsked() {
        StubProvider only = StubProvider.failsWith("a", limited(SECOND.multipliedBy(3))).thenAnswers();
        TestRouter test = TestRouter.over(only);

        RoutedStream answer = test.open("a/m");

        assertThat(test.waits).containsExactly(SECOND.multipliedBy(3));
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(answer.fallbackReason()).contains("a/m: rate limited");
    }

    @Test
    @DisplayName("T22: a lasting limit is asked twice at most, with one wait: no spinning")
    void theWaitIsNotRepeated() {
        StubProvider only = StubProvider.failsWith("a", limited(SECOND));
        TestRouter test = TestRouter.over(only);

        NoAnswerException refused = test.noAnswer("a/m");

        assertThat(refused.failure()).isEqualTo(limited(SECOND));
        assertThat(refused.attempts()).isEqualTo(2);
        assertThat(only.timesAsked()).isEqualTo(2);
        assertThat(test.waits).containsExactly(SECOND);
    }

    @Test
    @DisplayName("T22: what a provider repeated itself is not multiplied by the router")
    void attemptsOfTwoLayersDoNotMultiply() {
        Failure overloaded = new Failure.Overloaded("busy", Optional.empty());
        StubProvider once = StubProvider.failsWith("a", overloaded);
        StubProvider thrice = StubProvider.failsWith("b", overloaded, 3);

        assertThat(TestRouter.over(once).noAnswer("r").attempts()).isEqualTo(2);
        assertThat(TestRouter.over(thrice).noAnswer("r").attempts()).isEqualTo(3);
        assertThat(once.timesAsked()).as("may be asked again after a wait").isEqualTo(2);
        assertThat(thrice.timesAsked()).as("was asked three times by itself").isEqualTo(1);
    }

    @Test
    void longerThanThePatienceIsNotWaited() {
        Duration tooLong = SECOND.multipliedBy(11);
        StubProvider only = StubProvider.failsWith("a", limited(tooLong)).thenAnswers();
        TestRouter test = TestRouter.over(only);

        assertThat(test.noAnswer("a/m").failure().retryAfter()).contains(tooLong);
        assertThat(test.waits).isEmpty();
    }

    @Test
    void noPatienceAtAllIsConfigurable() {
        StubProvider only = StubProvider.failsWith("a", limited(Duration.ZERO)).thenAnswers();
        TestRouter test = TestRouter.configured(MapConfig.of("llm.route.max-wait", "PT0S"), only);
        assertThat(test.noAnswer("a/m").failure()).isEqualTo(limited(Duration.ZERO));
        assertThat(only.timesAsked()).isEqualTo(1);
    }

    @Test
    void whereNothingWasSaidChanceDecidesUpToHalfASecond() {
        StubProvider only = StubProvider.failsWith("a", SILENT_LIMIT).thenAnswers();
        TestRouter test = TestRouter.over(only);
        test.chances.add(0.8);
        test.open("a/m");
        assertThat(test.waits).containsExactly(Duration.ofMillis(400));
    }

    @Test
    @DisplayName("T22: a failure that may pass is asked again once, after a wait, if there is nobody else")
    void aFailureOfTheOnlyOneIsAskedAgainOnce() {
        Failure failed = Failure.ProviderFailed.of("status 500");
        StubProvider once = StubProvider.failsWith("a", failed).thenAnswers();
        TestRouter test = TestRouter.over(once);
        assertThat(test.open("a/m").attempts()).isEqualTo(2);
        assertThat(test.waits).containsExactly(Duration.ofMillis(250));

        StubProvider always = StubProvider.failsWith("b", failed);
        assertThat(TestRouter.over(always).noAnswer("r").failure()).isEqualTo(failed);
        assertThat(always.timesAsked()).isEqualTo(2);
    }

    @Test
    @DisplayName("T22: a provider leaves repetitions to the router as long as somebody was not asked yet")
    void repetitionsAreForTheLastOne() {
        Failure failed = Failure.ProviderFailed.of("status 502");
        StubProvider first = StubProvider.failsWith("a", failed);
        StubProvider last = StubProvider.failsWith("b", failed).thenAnswers();
        TestRouter test = TestRouter.over(first, last);
        // Both ask to be left alone for the same time, so that both are asked again.
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(first.othersWaited()).containsExactly(true, false);
        assertThat(last.othersWaited()).containsExactly(false, false);
    }

    @Test
    @DisplayName("Full jitter: all of the wait is chance, and its bound doubles up to eight seconds")
    void theBackOffDoubles() {
        BackOff longest = new BackOff(() -> 1.0);
        assertThat(List.of(longest.after(0), longest.after(1), longest.after(2), longest.after(3), longest.after(5),
                longest.after(1000))).extracting(Duration::toMillis).containsExactly(500L, 500L, 1000L, 2000L, 8000L, 8000L);
        assertThat(new BackOff(() -> 0.0).after(3)).isZero();
    }

    @Test
    void whoAskedToBeLeftAloneIsPassedOverByAllRequestsUntilItsTimeIsUp() {
        StubProvider first = StubProvider.failsWith("a", limited(SECOND.multipliedBy(30))).thenAnswers();
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);

        test.open("r");
        test.pass(SECOND.multipliedBy(29));
        RoutedStream passing = test.open("r");
        assertThat(passing.provider()).isEqualTo("b");
        assertThat(passing.attempts()).isEqualTo(1);
        assertThat(passing.fallbackReason()).contains("a/m: passed over, was rate limited");
        assertThat(first.timesAsked()).isEqualTo(1);

        test.pass(SECOND);
        assertThat(test.open("r").provider()).isEqualTo("a");
        assertThat(test.waits).isEmpty();
    }

    @Test
    void thePauseIsOneModelsAndNotItsProviders() {
        StubProvider first = StubProvider.failsWith("a", limited(SECOND.multipliedBy(30))).thenAnswers();
        TestRouter test = TestRouter.over(first, StubProvider.answers("b"));
        test.open("r");
        assertThat(test.open("a/other", TestRouter.fallbacks("b/m")).provider()).isEqualTo("a");
    }

    @Test
    void nobodyIsPassedOverForMoreThanFiveMinutes() {
        StubProvider first = StubProvider.failsWith("a", limited(Duration.ofHours(5))).thenAnswers();
        TestRouter test = TestRouter.over(first, StubProvider.answers("b"));
        test.open("r");
        test.pass(Duration.ofMinutes(5));
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void ifAllArePassedOverTheFirstWhoseTimeIsUpIsWaitedFor() {
        StubProvider first = StubProvider.failsWith("a", limited(SECOND.multipliedBy(60))).thenAnswers();
        StubProvider second = StubProvider.failsWith("b", limited(SECOND.multipliedBy(20))).thenAnswers();
        TestRouter test = TestRouter.over(first, second);
        test.noAnswer("r");
        test.pass(SECOND.multipliedBy(15));

        RoutedStream answer = test.open("r");

        assertThat(answer.provider()).isEqualTo("b");
        assertThat(test.waits).containsExactly(SECOND.multipliedBy(5));
        assertThat(first.timesAsked()).isEqualTo(1);
        assertThat(answer.fallbackReason())
                .contains("a/m: passed over, was rate limited; b/m: passed over, was rate limited");
    }

    @Test
    void ifAllArePassedOverForTooLongNobodyIsAskedAndTheTimeIsTold() {
        StubProvider first = StubProvider.failsWith("a", limited(SECOND.multipliedBy(60)));
        StubProvider second = StubProvider.failsWith("b", limited(SECOND.multipliedBy(50)));
        TestRouter test = TestRouter.over(first, second);
        assertThat(test.noAnswer("r").failure().retryAfter()).contains(SECOND.multipliedBy(50));

        NoAnswerException refused = test.noAnswer("r");

        assertThat(refused.failure()).isInstanceOf(Failure.Overloaded.class);
        assertThat(refused.failure().retryAfter()).contains(SECOND.multipliedBy(50));
        assertThat(refused.attempts()).isZero();
        assertThat(refused.provider()).as("nobody was asked").isEmpty();
        assertThat(List.of(first.timesAsked(), second.timesAsked())).containsExactly(1, 1);
    }

    @Test
    void theOnlyOneIsAskedEvenIfItAskedToBeLeftAlone() {
        StubProvider only = StubProvider.failsWith("a", limited(SECOND.multipliedBy(60))).thenAnswers();
        TestRouter test = TestRouter.over(only);
        test.noAnswer("r");
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void whoAnswersAgainIsNotPassedOverAnyMore() {
        StubProvider first = StubProvider.failsWith("a", limited(SECOND.multipliedBy(60))).thenAnswers();
        TestRouter test = TestRouter.over(first, StubProvider.answers("b"));
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(test.open("a/m").provider()).isEqualTo("a");
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void ourOwnLimitIsWaitedForButNoReasonToPassOver() {
        Failure full = new Failure.LimitReached("full", "llm.provider.a.max-concurrent-streams", Optional.of(SECOND));
        StubProvider first = StubProvider.failsWith("a", full).thenAnswers();
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void aCancelEndsTheWaitAtOnce() {
        Failure gone = new Failure.ClientGone("gone");
        StubProvider only = StubProvider.failsWith("a", limited(SECOND)).thenAnswers();
        TestRouter test = TestRouter.over(only);
        test.duringWait = () -> test.cancellation.cancel(gone);

        assertThat(test.refusal("a/m", RoutingWish.NONE).failure()).isEqualTo(gone);
        assertThat(only.timesAsked()).isEqualTo(1);
    }
}
