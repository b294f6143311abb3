package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.provider.QueuedCalls;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a request goes if a provider has its limit of streams. */
class FullProvidersTest {

    @Test
    void theOnlyOneIsWaitedForAtOnceAndOnce() {
        FullProvider only = FullProvider.forAWhile("a");
        RoutedStream answer = TestRouter.over(only).open("r");
        assertThat(answer.attempts()).isEqualTo(1);
        assertThat(answer.fallbackReason()).isEmpty();
        assertThat(only.waited).containsExactly(true);
    }

    @Test
    void theOnlyOneThatStaysFullRefusesWithItsLimit() {
        FullProvider only = FullProvider.forLong("a");
        TestRouter test = TestRouter.over(only);
        NoAnswerException refused = test.noAnswer("a/m");
        assertThat(refused.failure()).isEqualTo(only.refusal());
        assertThat(refused.attempts()).isZero();
        assertThat(only.waited).containsExactly(true);
        assertThat(test.waits).as("the queue was the wait").isEmpty();
    }

    @Test
    void whoeverCanTakeItNowGoesBeforeAQueue() {
        FullProvider first = FullProvider.forAWhile("a");
        RoutedStream answer = TestRouter.over(first, StubProvider.answers("b")).open("r");
        assertThat(answer.provider()).isEqualTo("b");
        assertThat(answer.fallbackReason()).contains("a/m: at its limit of streams");
        assertThat(first.waited).containsExactly(false);
    }

    @Test
    void ifAllAreFullTheFirstIsWaitedForThenTheNext() {
        FullProvider first = FullProvider.forLong("a");
        FullProvider second = FullProvider.forAWhile("b");
        TestRouter test = TestRouter.over(first, second);
        assertThat(test.open("r").provider()).isEqualTo("b");
        assertThat(first.waited).containsExactly(false, true);
        assertThat(second.waited).containsExactly(false, true);
        assertThat(test.waits).isEmpty();
    }

    @Test
    void ifAllStayFullTheAnswerIsTheLimitOfTheLast() {
        FullProvider first = FullProvider.forLong("a");
        FullProvider second = FullProvider.forLong("b");
        NoAnswerException refused = TestRouter.over(first, second).noAnswer("r");
        assertThat(refused.failure()).isEqualTo(second.refusal());
        assertThat(first.waited).hasSize(2);
        assertThat(second.waited).hasSize(2);
    }

    @Test
    void ifTheOtherFailsTheFullOneIsWaitedFor() {
        FullProvider first = FullProvider.forAWhile("a");
        StubProvider second = StubProvider.failsWith("b", new Failure.Unreachable("m"));
        assertThat(TestRouter.over(first, second).open("r").provider()).isEqualTo("a");
        assertThat(second.timesAsked()).isEqualTo(1);
    }

    @Test
    void aQueueHasItsOwnTimeoutAndNeedsNoPatience() {
        MapConfig impatient = MapConfig.of("llm.routes", "r", "llm.route.r.candidates", "a/m,b/m",
                "llm.route.max-wait", "PT0S");
        TestRouter test = TestRouter.configured(impatient, FullProvider.forAWhile("a"), FullProvider.forLong("b"));
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    void whoIsFullAfterAPauseIsWaitedFor() {
        Failure limited = new Failure.RateLimited("m", Optional.of(Duration.ofSeconds(3)));
        FullProvider first = FullProvider.forAWhile("a");
        StubProvider second = StubProvider.failsWith("b", limited);
        TestRouter test = TestRouter.over(first, second);
        test.open("r");
        test.open("r");
        assertThat(first.waited).containsExactly(false, true, false, true);
        assertThat(second.timesAsked()).as("it asked to be left alone").isEqualTo(1);
    }

    @Test
    void theTimeInTheQueueIsNotTheProviders() {
        FullProvider only = FullProvider.forAWhile("a");
        TestRouter test = TestRouter.over(only);
        only.duringWait = call -> {
            test.pass(Duration.ofSeconds(3));
            QueuedCalls.queued(call, Duration.ofSeconds(2));
        };
        test.open("r");
        assertThat(test.router.providers().getFirst().standing().firstToken()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aFullProviderHasNotFailed() {
        TestRouter test = TestRouter.over(FullProvider.forLong("a"));
        for (int i = 0; i < 10; i++) {
            test.noAnswer("r");
        }
        ProviderStatus status = test.router.providers().getFirst();
        assertThat(status.state()).isEqualTo(ProviderState.UP);
        assertThat(status.standing().recentRequests()).isZero();
        assertThat(status.standing().lastFailure()).isEmpty();
    }
}
