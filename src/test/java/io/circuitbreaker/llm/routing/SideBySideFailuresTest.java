package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.Heard.CLOSED;
import static io.circuitbreaker.llm.routing.Heard.breaking;
import static io.circuitbreaker.llm.routing.Heard.said;
import static io.circuitbreaker.llm.routing.Heard.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SideBySideFailuresTest {

    private static final RoutingWish BOTH = TestRouter.sideBySide(2);
    private static final Failure OVERLOADED = new Failure.Overloaded("busy", Optional.empty());

    @Test
    void whoFailsBeforeItsFirstTokenIsReplacedByTheNext() {
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", OVERLOADED), saying("b", "x"), saying("c", "y"));
        Heard heard = Heard.of(test.open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("c:y c:stop");
        assertThat(heard.choice(1)).isEqualTo("b:x b:stop");
        assertThat(heard.failure()).isEmpty();
    }

    @Test
    void withNobodyToReplaceItTheChoiceEndsWithItsFailureAndTheOthersGoOn() {
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", OVERLOADED), saying("b", "x"));
        Heard heard = Heard.of(test.open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("a:error(busy)");
        assertThat(heard.choice(1)).isEqualTo("b:x b:stop");
        assertThat(heard.failure()).isEmpty();
        assertThat(test.spent).extracting(Spent::provider).containsExactly("b");
    }

    @Test
    void whoBreaksOffAfterItsFirstTokenDoesNotHurtTheOthers() {
        StubProvider third = saying("c", "no");
        TestRouter test = TestRouter.over(breaking("a", "one"), saying("b", "x", "y"), third);
        Heard heard = Heard.of(test.open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("a:one a:error(cut)");
        assertThat(heard.choice(1)).isEqualTo("b:x b:y b:stop");
        assertThat(heard.failure()).isEmpty();
        assertThat(third.timesAsked()).isZero();
        assertThat(test.spent).hasSize(2);
    }

    @Test
    @DisplayName("what is the request's own fault is asked of each once, whatever all the others say")
    void aRefusedRequestIsNotRepeated() {
        Failure wrong = Failure.InvalidRequest.of("temperature", "too hot");
        StubProvider first = StubProvider.failsWith("a", wrong);
        StubProvider second = StubProvider.failsWith("b", wrong);
        TestRouter test = TestRouter.over(first, second);
        assertThat(test.refusal("r", BOTH).failure()).isEqualTo(wrong);
        assertThat(first.timesAsked()).isEqualTo(1);
        assertThat(second.timesAsked()).isEqualTo(1);
    }

    @Test
    @DisplayName("T23: if all fail before a token, the request has a status")
    void ifAllFailBeforeATokenTheRequestFails() {
        Failure down = new Failure.Unreachable("m");
        StubProvider third = StubProvider.failsWith("c", down);
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", down), StubProvider.failsWith("b", down), third);
        assertThat(test.refusal("r", BOTH)).isInstanceOfSatisfying(NoAnswerException.class, refused -> {
            assertThat(refused.failure()).isEqualTo(down);
            assertThat(refused.attempts()).isEqualTo(3);
        });
        assertThat(third.timesAsked()).isEqualTo(1);
    }

    @Test
    void ifAllAskToBeLeftAloneTheyAreWaitedForOnce() {
        Failure limited = new Failure.RateLimited("m", Optional.of(Duration.ofSeconds(1)));
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", limited).thenAnswers().says(said("x")),
                StubProvider.failsWith("b", limited).thenAnswers().says(said("y")));
        Heard heard = Heard.of(test.open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("a:x a:stop");
        assertThat(heard.choice(1)).isEqualTo("b:y b:stop");
        assertThat(test.waits).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("Never a truncated success: if all break off, the whole ends with a failure")
    void ifAllBreakOffTheWholeFails() {
        Heard heard = Heard.of(TestRouter.over(breaking("a", "x"), breaking("b", "y")).open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("a:x a:error(cut)");
        assertThat(heard.choice(1)).isEqualTo("b:y b:error(cut)");
        assertThat(heard.failure()).contains(CLOSED);
    }

    @Test
    void whatTheRequestIsToBlameForIsAskedOfNobodyElse() {
        StubProvider third = saying("c", "no");
        TestRouter test = TestRouter.over(StubProvider.failsWith("a", new Failure.ContentFiltered("no")),
                saying("b", "x"), third);
        Heard heard = Heard.of(test.open("r", BOTH).stream());
        assertThat(heard.choice(0)).isEqualTo("a:error(no)");
        assertThat(heard.choice(1)).isEqualTo("b:x b:stop");
        assertThat(third.timesAsked()).isZero();
    }

    @Test
    @DisplayName("T01 T03: a client that leaves ends all, each closed and told once")
    void aCancelEndsAll() {
        Failure gone = new Failure.ClientGone("gone");
        String[] more = Collections.nCopies(1000, "x").toArray(String[]::new);
        StubProvider first = saying("a", more);
        StubProvider second = saying("b", more);
        TestRouter test = TestRouter.over(first, second);
        ChunkStream stream = test.open("r", BOTH).stream();
        assertThat(stream.advance()).isTrue();

        test.cancellation.cancel(gone);

        assertThat(catchThrowableOfType(LlmException.class, () -> {
            while (stream.advance()) {
                assertThat(stream.chunk()).isNotNull();
            }
        }).failure()).isEqualTo(gone);
        stream.close();
        test.awaitSpent(2);
        assertThat(List.of(first.timesClosed(), second.timesClosed())).containsExactly(1, 1);
    }

    @Test
    void aCancelBeforeTheFirstTokenEndsAll() {
        Failure gone = new Failure.ClientGone("gone");
        StubProvider first = StubProvider.isSilent("a");
        StubProvider second = StubProvider.isSilent("b");
        TestRouter test = TestRouter.over(first, second);
        test.cancelOnceAsked(gone, first, second);
        assertThat(test.refusal("r", BOTH).failure()).isEqualTo(gone);
        test.awaitSpent(2);
    }

    @Test
    void aFaultOfOursEndsTheRequestAndAllWhoWereAsked() {
        TestRouter test = TestRouter.over(StubProvider.isBroken("a"), StubProvider.isSilent("b"));
        assertThatThrownBy(() -> Heard.of(test.open("r", BOTH).stream())).hasRootCauseMessage("ours");
        test.awaitSpent(1);
    }
}
