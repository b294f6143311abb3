package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    /** Each failure, and the words for why another was asked; none where no other is. */
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Failure.Unreachable("m"), "unreachable"),
                Arguments.of(new Failure.Overloaded("m", Optional.of(LONG)), "overloaded"),
                Arguments.of(new Failure.RateLimited("m", Optional.of(LONG)), "rate limited"),
                Arguments.of(new Failure.ProviderFailed("m", Optional.of(LONG)), "failed"),
                Arguments.of(new Failure.ClosedEarly("m"), "closed early"),
                Arguments.of(new Failure.Malformed("m"), "malformed answer"),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.CONNECT),
                        "no first token in time (connect deadline)"),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.FIRST_TOKEN),
                        "no first token in time (first_token deadline)"),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.TOTAL), "no first token in time (total deadline)"),
                Arguments.of(new Failure.LimitReached("m", "k", Optional.of(LONG)), "at its limit of streams"),
                Arguments.of(new Failure.QuotaExhausted("m"), "quota exhausted"),
                Arguments.of(new Failure.ProviderAuth("m"), "refused our API key"),
                Arguments.of(new Failure.PermissionDenied("m"), "permission denied"),
                Arguments.of(new Failure.NotFound("m", "c"), "model not found"),
                Arguments.of(Failure.InvalidRequest.of("p", "m"), ""),
                Arguments.of(new Failure.TooLarge("m"), ""),
                Arguments.of(new Failure.ContentFiltered("m"), ""),
                Arguments.of(new Failure.Expired("m"), ""),
                Arguments.of(new Failure.Unauthenticated("m"), ""),
                Arguments.of(new Failure.ClientGone("m"), ""),
                Arguments.of(new Failure.SlowClient("m"), ""),
                Arguments.of(new Failure.Cancelled("m"), ""),
                Arguments.of(new Failure.Unavailable("m", "c"), ""),
                Arguments.of(new Failure.Internal("m"), ""));
    }

    @Test
    void theTableHasEveryFailure() {
        assertThat(failures().map(row -> row.get()[0].getClass().getName()).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Failure.class.getPermittedSubclasses()).map(Class::getName).toList());
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("T14 T17 T18 T23: what one provider is to blame for, the next one answers; what the request is to blame"
            + " for, nobody else is asked")
    void theNextOneAnswers(Failure failure, String reason) {
        StubProvider first = StubProvider.failsWith("a", failure);
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);

        if (reason.isEmpty()) {
            NoAnswerException refused = test.noAnswer("r");
            assertThat(refused.failure()).isEqualTo(failure);
            assertThat(refused.provider()).isEqualTo("a");
            assertThat(refused.fallbackReason()).isEmpty();
        } else {
            RoutedStream answer = test.open("r");
            assertThat(answer.provider()).isEqualTo("b");
            assertThat(answer.attempts()).isEqualTo(2);
            assertThat(answer.fallbackReason()).contains("a/m: " + reason);
        }
        assertThat(first.timesAsked()).isEqualTo(1);
        assertThat(second.timesAsked()).isEqualTo(reason.isEmpty() ? 0 : 1);
        assertThat(test.waits).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aSingleCandidatesFailurePassesAsItIs(Failure failure, String reason) {
        StubProvider only = StubProvider.failsWith("a", failure);
        TestRouter test = TestRouter.over(only);
        for (String model : List.of("r", "a/m")) {
            NoAnswerException refused = test.noAnswer(model);
            assertThat(refused.failure()).isEqualTo(failure);
            assertThat(refused.attempts()).isEqualTo(1);
            assertThat(refused.provider()).isEqualTo("a");
            assertThat(refused.fallbackReason()).isEmpty();
        }
        assertThat(only.timesAsked()).isEqualTo(2);
        assertThat(test.waits).isEmpty();
    }

    @Test
    void theFirstOneThatAnswersIsTheOnlyOneAsked() {
        StubProvider first = StubProvider.answers("a");
        StubProvider second = StubProvider.answers("b");
        RoutedStream answer = TestRouter.over(first, second).open("r");

        assertThat(answer.provider()).isEqualTo("a");
        assertThat(answer.model()).isEqualTo("m");
        assertThat(answer.attempts()).isEqualTo(1);
        assertThat(answer.fallbackReason()).isEmpty();
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    @DisplayName("T22: each is asked once, and all reasons are told")
    void attemptsAreBoundedAndCounted() {
        StubProvider first = StubProvider.failsWith("a", new Failure.ProviderAuth("key"));
        StubProvider second = StubProvider.failsWith("b", new Failure.ClosedEarly("cut"));
        StubProvider third = StubProvider.failsWith("c", new Failure.NotFound("no model", ""));
        NoAnswerException refused = TestRouter.over(first, second, third).noAnswer("r");

        assertThat(refused.failure()).as("what may pass says more to a client than an operator's fault")
                .isEqualTo(new Failure.ClosedEarly("cut"));
        assertThat(refused.provider()).as("whose failure it is").isEqualTo("b");
        assertThat(refused.attempts()).isEqualTo(3);
        assertThat(refused.fallbackReason())
                .contains("a/m: refused our API key; b/m: closed early; c/m: model not found");
        assertThat(List.of(first.timesAsked(), second.timesAsked(), third.timesAsked())).containsExactly(1, 1, 1);
    }

    @Test
    void aRefusalAfterAFailoverTellsBoth() {
        NoAnswerException refused = TestRouter.over(StubProvider.failsWith("a", new Failure.Unreachable("m")),
                StubProvider.failsWith("b", new Failure.ContentFiltered("m"))).noAnswer("r");
        assertThat(refused.failure()).isInstanceOf(Failure.ContentFiltered.class);
        assertThat(refused.provider()).isEqualTo("b");
        assertThat(refused.fallbackReason()).contains("a/m: unreachable; b/m: content filtered");
    }

    @Test
    void anOpenBreakerMovesOnAndIsPassedOverForASecond() {
        StubProvider first = StubProvider.does("a", () -> {
            throw new CircuitBreakerOpenException("open");
        });
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);

        assertThat(test.open("r").fallbackReason()).contains("a/m: circuit breaker open");
        assertThat(test.open("r").fallbackReason()).contains("a/m: passed over, was circuit breaker open");
        assertThat(first.timesAsked()).isEqualTo(1);
        test.pass(Duration.ofSeconds(1));
        test.open("r");
        assertThat(first.timesAsked()).isEqualTo(2);
        assertThat(first.timesRefused()).as("the provider is told, to know its breaker's trial").isEqualTo(2);
        assertThat(second.timesRefused()).isZero();
    }

    @Test
    void aSingleCandidatesOpenBreakerFailsFast() {
        StubProvider only = StubProvider.does("a", () -> {
            throw new CircuitBreakerOpenException("open");
        });
        TestRouter test = TestRouter.over(only);
        assertThat(test.noAnswer("r").failure()).isInstanceOf(Failure.Overloaded.class)
                .extracting(Failure::message).asString().contains("provider 'a'", "circuit breaker is open");
        assertThat(test.waits).isEmpty();
        assertThat(only.timesAsked()).isEqualTo(1);
    }

    @Test
    void whatOurOwnTimeoutStoppedIsOurFault() {
        StubProvider first = StubProvider.does("a", () -> {
            throw new TimeoutException("an hour");
        });
        StubProvider second = StubProvider.answers("b");
        assertThat(TestRouter.over(first, second).noAnswer("r").failure()).isInstanceOf(Failure.Internal.class);
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    void aCancelBetweenTwoCandidatesEndsTheRequest() {
        Failure gone = new Failure.ClientGone("gone");
        TestRouter[] test = new TestRouter[1];
        StubProvider first = StubProvider.does("a", () -> {
            test[0].cancellation.cancel(gone);
            throw new LlmException(new Failure.Unreachable("m"));
        });
        StubProvider second = StubProvider.answers("b");
        test[0] = TestRouter.over(first, second);

        assertThat(test[0].refusal("r", RoutingWish.NONE).failure()).isEqualTo(gone);
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    @DisplayName("T21: with fallbacks switched off only the first is asked, and only once")
    void fallbacksCanBeSwitchedOff() {
        Failure limited = new Failure.RateLimited("m", Optional.of(Duration.ofSeconds(1)));
        StubProvider first = StubProvider.failsWith("a", limited);
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);

        assertThat(test.refusal("r", TestRouter.onlyFirst("b/m")).failure()).isEqualTo(limited);
        assertThat(first.timesAsked()).isEqualTo(1);
        assertThat(second.timesAsked()).isZero();
        assertThat(test.waits).isEmpty();
    }
}
