package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A test that waits for nobody would hang, so each has its limit. */
@Timeout(20)
class HedgeTest {

    private static final Duration HEDGE = Duration.ofMillis(800);
    private static final RoutingWish HEDGING = TestRouter.hedging(HEDGE);
    private static final TokenUsage PROMPT = TokenUsage.of(1, 0, 0, 0);

    @Test
    @DisplayName("T24: without a token in time the next is asked too; the first to speak is taken, both are metered")
    void theNextOneIsAskedToo() {
        StubProvider silent = StubProvider.isSilent("a");
        StubProvider quick = StubProvider.answersAfter("b", silent).says(StreamingChunk.of(Delta.content("x")));
        StubProvider third = StubProvider.answers("c");
        TestRouter test = TestRouter.over(silent, quick, third);
        test.silences = 1;

        RoutedStream answer = test.open("r", HEDGING);

        assertThat(answer.provider()).isEqualTo("b");
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(answer.fallbackReason()).contains("a/m: no token after 800 ms, hedged");
        assertThat(test.waits).containsExactly(HEDGE);
        assertThat(third.timesAsked()).isZero();
        assertThat(test.awaitSpent(1)).as("the loser").containsExactly(new Spent("a", "m", PROMPT, true));
        try (var stream = answer.stream()) {
            assertThat(stream.advance()).as("read by the request's thread").isTrue();
            assertThat(stream.advance()).isFalse();
        }
        assertThat(test.spent).hasSize(2).last().isEqualTo(new Spent("b", "m", TokenUsage.of(1, 1, 0, 0), true));
        assertThat(quick.timesClosed()).isEqualTo(1);
    }

    @Test
    void oneMoreIsAskedEachTime() {
        StubProvider first = StubProvider.isSilent("a");
        StubProvider second = StubProvider.isSilent("b");
        TestRouter test = TestRouter.over(first, second, StubProvider.answersAfter("c", first, second));
        test.silences = 2;

        RoutedStream answer = test.open("r", HEDGING);

        assertThat(answer.provider()).isEqualTo("c");
        assertThat(answer.attempts()).isEqualTo(3);
        assertThat(answer.fallbackReason())
                .contains("a/m: no token after 800 ms, hedged; b/m: no token after 800 ms, hedged");
        assertThat(test.waits).containsExactly(HEDGE, HEDGE);
        assertThat(test.awaitSpent(2)).extracting(Spent::provider).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whoSpeaksInTimeIsTheOnlyOneAsked() {
        StubProvider second = StubProvider.answers("b");
        RoutedStream answer = TestRouter.over(StubProvider.answers("a"), second).open("r", HEDGING);
        assertThat(answer.provider()).isEqualTo("a");
        assertThat(answer.attempts()).isEqualTo(1);
        assertThat(answer.fallbackReason()).isEmpty();
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    void withNobodyLeftTheTokenIsWaitedForWithoutALimit() {
        CountDownLatch token = new CountDownLatch(1);
        StubProvider second = StubProvider.answersAfter("b", token);
        TestRouter test = TestRouter.over(StubProvider.isSilent("a"), second);
        test.silences = Integer.MAX_VALUE;
        Thread.ofVirtual().start(() -> {
            while (second.timesAsked() == 0) {
                Thread.onSpinWait();
            }
            token.countDown();
        });
        assertThat(test.open("r", HEDGING).provider()).isEqualTo("b");
        assertThat(test.waits).containsExactly(HEDGE);
    }

    @Test
    void noMoreThanEightAreAskedAtOnce() {
        StubProvider[] silent = Stream.of("a", "b", "c", "d", "e", "f", "g").map(StubProvider::isSilent)
                .toArray(StubProvider[]::new);
        StubProvider ninth = StubProvider.answers("i");
        List<LlmProvider> all = new ArrayList<>(List.of(silent));
        all.add(StubProvider.answersAfter("h", silent));
        all.add(ninth);
        TestRouter test = TestRouter.over(all.toArray(LlmProvider[]::new));
        test.silences = Integer.MAX_VALUE;

        assertThat(test.open("r", HEDGING).attempts()).isEqualTo(Tactics.MOST_AT_ONCE);
        assertThat(ninth.timesAsked()).isZero();
    }

    @Test
    void aFailureBeforeTheTimeMovesOnAtOnce() {
        StubProvider first = StubProvider.failsWith("a", new Failure.Unreachable("m"));
        TestRouter test = TestRouter.over(first, StubProvider.answers("b"));
        RoutedStream answer = test.open("r", HEDGING);
        assertThat(answer.provider()).isEqualTo("b");
        assertThat(answer.fallbackReason()).contains("a/m: unreachable");
        assertThat(test.waits).isEmpty();
        answer.stream().close();
        assertThat(test.spent).as("who failed by itself has used nothing").extracting(Spent::provider)
                .containsExactly("b");
    }

    @Test
    void aRaceCanBeHedged() {
        TestRouter test = TestRouter.over(StubProvider.isSilent("a"), StubProvider.isSilent("b"),
                StubProvider.answers("c"));
        test.silences = 1;
        RoutedStream answer = test.open("r", TestRouter.with(
                new Tactics(Optional.of(HEDGE), OptionalInt.of(2), OptionalInt.empty(), Optional.empty())));
        assertThat(answer.provider()).isEqualTo("c");
        assertThat(test.waits).containsExactly(HEDGE);
        assertThat(test.awaitSpent(2)).extracting(Spent::provider).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theWinnersOwnTimeIsRemembered() {
        TestRouter[] test = new TestRouter[1];
        StubProvider quick = StubProvider.does("b", () -> test[0].pass(Duration.ofMillis(200)));
        test[0] = TestRouter.over(StubProvider.isSilent("a"), quick);
        test[0].silences = 1;
        test[0].open("r", HEDGING);
        assertThat(test[0].refusal("b/m", TestRouter.within(Duration.ofMillis(199))).failure())
                .isInstanceOf(Failure.Overloaded.class);
        assertThat(test[0].open("b/m", TestRouter.within(Duration.ofMillis(200))).provider()).isEqualTo("b");
    }

    @Test
    @DisplayName("T06: who was called off says nothing of its provider")
    void losingIsNeutral() {
        StubProvider loser = StubProvider.isSilent("a").thenAnswers();
        TestRouter test = TestRouter.over(loser, StubProvider.answers("b"));
        test.silences = 1;
        test.open("r", HEDGING);
        test.awaitSpent(1);
        assertThat(test.open("a/m", TestRouter.within(Duration.ofMillis(1))).provider()).isEqualTo("a");
    }

    @Test
    @DisplayName("T02: a first token that is taken while the client leaves is let go, with its place at the provider")
    void whatIsTakenAsTheClientLeavesIsClosed() {
        Failure gone = new Failure.ClientGone("gone");
        StubProvider answered = StubProvider.answers("a");
        TestRouter test = TestRouter.over(answered, StubProvider.answers("b"));
        test.afterFirst = () -> test.cancellation.cancel(gone);
        assertThat(test.refusal("r", HEDGING).failure()).isEqualTo(gone);
        assertThat(answered.timesClosed()).isEqualTo(1);
    }
}
