package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A test that waits for nobody would hang, so each has its limit. */
@Timeout(20)
class RaceTest {

    private static final RoutingWish RACING = TestRouter.racing(2);
    private static final TokenUsage PROMPT = TokenUsage.of(1, 0, 0, 0);

    @Test
    void aRaceAsksTheFirstOnesAtOnce() {
        StubProvider third = StubProvider.answers("c");
        StubProvider silent = StubProvider.isSilent("a");
        TestRouter test = TestRouter.over(silent, StubProvider.answersAfter("b", silent), third);

        RoutedStream answer = test.open("r", RACING);

        assertThat(answer.provider()).isEqualTo("b");
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(answer.fallbackReason()).contains("a/m: raced with b/m");
        assertThat(third.timesAsked()).isZero();
        assertThat(test.waits).isEmpty();
        assertThat(test.awaitSpent(1)).containsExactly(new Spent("a", "m", PROMPT, true));
    }

    @Test
    void whoFailsInARaceMakesPlaceForTheNext() {
        StubProvider silent = StubProvider.isSilent("b");
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", new Failure.Unreachable("m")), silent,
                StubProvider.answersAfter("c", silent));
        RoutedStream answer = test.open("r", RACING);
        assertThat(answer.provider()).isEqualTo("c");
        assertThat(answer.attempts()).isEqualTo(3);
        assertThat(answer.fallbackReason()).contains("a/m: raced with b/m; a/m: unreachable");
    }

    @Test
    void whatTheRequestIsToBlameForEndsTheWholeRace() {
        Failure invalid = Failure.InvalidRequest.of("p", "m");
        StubProvider third = StubProvider.answers("c");
        TestRouter test = TestRouter.over(StubProvider.isSilent("a"), StubProvider.failsWith("b", invalid), third);

        assertThat(test.refusal("r", RACING).failure()).isEqualTo(invalid);

        assertThat(third.timesAsked()).isZero();
        assertThat(test.awaitSpent(1)).extracting(Spent::provider).containsExactly("a");
    }

    @Test
    @DisplayName("T02: a client that leaves ends all who were asked, and each has its prompt")
    void aCancelOfTheRequestEndsAll() {
        Failure gone = new Failure.ClientGone("gone");
        StubProvider first = StubProvider.isSilent("a");
        StubProvider second = StubProvider.isSilent("b");
        TestRouter test = TestRouter.over(first, second);
        test.cancelOnceAsked(gone, first, second);
        assertThat(test.refusal("r", RACING).failure()).isEqualTo(gone);
        assertThat(test.awaitSpent(2)).extracting(Spent::provider).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theRequestStillEndsTheWinner() {
        TestRouter test = TestRouter.over(StubProvider.isSilent("a"),
                StubProvider.answers("b").says(StreamingChunk.of(Delta.content("x"))));
        try (var stream = test.open("r", RACING).stream()) {
            Failure gone = new Failure.ClientGone("gone");
            test.cancellation.cancel(gone);
            assertThatThrownBy(stream::advance).hasMessage("gone");
        }
    }

    @Test
    @DisplayName("T03: a loser whose token comes after the decision is closed by its own thread, and told once")
    void aLateTokenIsLetGo() {
        CountDownLatch decided = new CountDownLatch(1);
        StubProvider late = StubProvider.answersAfter("a", decided);
        TestRouter test = TestRouter.over(late, StubProvider.answers("b"));
        assertThat(test.open("r", RACING).provider()).isEqualTo("b");
        decided.countDown();
        assertThat(test.awaitSpent(1)).containsExactly(new Spent("a", "m", PROMPT, true));
        assertThat(late.timesClosed()).isEqualTo(1);
    }

    @RepeatedTest(300)
    @DisplayName("T03: whoever comes first, each answer is closed once and told once")
    void nothingIsLeftWhateverTheOrder() {
        StubProvider first = StubProvider.answers("a");
        StubProvider second = StubProvider.answers("b");
        TestRouter test = TestRouter.over(first, second);
        test.open("r", RACING).stream().close();
        assertThat(test.awaitSpent(2)).extracting(Spent::provider).containsExactlyInAnyOrder("a", "b");
        assertThat(List.of(first.timesClosed(), second.timesClosed())).containsExactly(1, 1);
    }

    @Test
    void whoAskedToBeLeftAloneInARaceIsPassedOverInTheNext() {
        Failure limited = new Failure.RateLimited("m", Optional.of(Duration.ofSeconds(30)));
        StubProvider first = StubProvider.failsWith("a", limited);
        TestRouter test = TestRouter.over(first, StubProvider.failsWith("b", limited), StubProvider.answers("c"),
                StubProvider.answers("d"));
        assertThat(test.open("r", RACING).provider()).isIn("c", "d");
        RoutedStream next = test.open("r", RACING);
        assertThat(next.fallbackReason().orElseThrow())
                .startsWith("a/m: passed over, was rate limited; b/m: passed over, was rate limited; c/m: raced with d/m");
        assertThat(first.timesAsked()).isEqualTo(1);
    }

    @Test
    @DisplayName("T22: attempts are bounded as in a plain walk: two rounds with one wait, three by one provider")
    void attemptsAreBounded() {
        Failure overloaded = new Failure.Overloaded("busy", Optional.empty());
        StubProvider once = StubProvider.failsWith("a", overloaded);
        StubProvider thrice = StubProvider.failsWith("b", overloaded, 3);
        TestRouter test = TestRouter.over(once, thrice);

        assertThat(test.refusal("r", RACING)).isInstanceOfSatisfying(NoAnswerException.class,
                refused -> assertThat(refused.attempts()).isEqualTo(5));
        assertThat(List.of(once.timesAsked(), thrice.timesAsked())).containsExactly(2, 1);
        assertThat(test.waits).hasSize(1);
    }

    @Test
    void aFaultOfOursEndsTheRaceAndDoesNotHangIt() {
        TestRouter test = TestRouter.over(StubProvider.isBroken("a"), StubProvider.isSilent("b"));
        assertThatThrownBy(() -> test.open("r", RACING)).isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("ours");
        test.awaitSpent(1);
    }

    @Test
    void theOnlyCandidateIsAskedPlainly() {
        Thread request = Thread.currentThread();
        StubProvider only = StubProvider.does("a", () -> assertThat(Thread.currentThread()).isSameAs(request));
        assertThat(TestRouter.over(only).open("r", RACING).attempts()).isEqualTo(1);
    }
}
