package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.Recoveries.CUT;
import static io.circuitbreaker.llm.routing.Recoveries.FINISH;
import static io.circuitbreaker.llm.routing.Recoveries.answer;
import static io.circuitbreaker.llm.routing.Recoveries.breaking;
import static io.circuitbreaker.llm.routing.Recoveries.text;
import static io.circuitbreaker.llm.routing.Recoveries.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is asked to go on with an answer, how often, and what it comes to. */
class RecoveryAttemptsTest {

    @Test
    @DisplayName("T22: when all break again and again, each is asked three times, and the client is told")
    void attemptsAreBounded() {
        StubProvider first = breaking("a", "x");
        StubProvider second = breaking("b", "y");
        Recoveries answer = Recoveries.of(first, second);

        assertThat(answer.failure.map(LlmException::failure)).contains(CUT);
        assertThat(List.of(first.timesAsked(), second.timesAsked()))
                .containsExactly(ProviderCall.MAX_ATTEMPTS, ProviderCall.MAX_ATTEMPTS);
        assertThat(answer.finishes()).isEmpty();
        assertThat(answer.test.spent).hasSize(2 * ProviderCall.MAX_ATTEMPTS);
    }

    @Test
    void whoWasNotAskedComesFirstAndWhoBrokeLast() {
        StubProvider failed = StubProvider.failsWith("a", Failure.ProviderFailed.of("m")).thenAnswers().says(answer("!"));
        StubProvider third = StubProvider.failsWith("c", Failure.ProviderFailed.of("m"));
        StubProvider broken = breaking("b", "Hello");
        Recoveries answer = Recoveries.of(failed, broken, third);

        assertThat(answer.text()).isEqualTo("Hello!");
        assertThat(List.of(failed.timesAsked(), broken.timesAsked(), third.timesAsked())).containsExactly(2, 1, 1);
    }

    @Test
    void theOnlyOneIsAskedToGoOnItself() {
        StubProvider only = breaking("a", "x");
        assertThat(Recoveries.of(only).failure).isPresent();
        assertThat(only.timesAsked()).isEqualTo(ProviderCall.MAX_ATTEMPTS);
    }

    @Test
    @DisplayName("T25: if nobody goes on, the client is told what broke, and why that was the end")
    void nobodyGoesOn() {
        Recoveries answer = Recoveries.of(breaking("a", "The"),
                StubProvider.failsWith("b", new Failure.ContentFiltered("not that")));

        assertThat(answer.failure.orElseThrow().failure()).isEqualTo(
                new Failure.ClosedEarly("cut; nobody could go on with it: not that"));
    }

    @Test
    @DisplayName("T01: who is cancelled while another is being asked gets no other end than that")
    void cancelledWhileLookingForAnother() {
        TestRouter[] test = new TestRouter[1];
        StubProvider second = StubProvider.does("b", () -> {
            test[0].cancellation.cancel(new Failure.ClientGone("gone"));
            test[0].cancellation.throwIfCancelled();
        });
        test[0] = TestRouter.over(breaking("a", "The"), second);
        ChunkStream stream = test[0].open("r", RoutingWish.NONE.with(Recoveries.CONTINUE)).stream();
        stream.advance();
        stream.advance();

        assertThatThrownBy(stream::advance).isInstanceOfSatisfying(LlmException.class,
                e -> assertThat(e.failure()).isEqualTo(new Failure.ClientGone("gone")));
    }

    @Test
    @DisplayName("T40: usage adds up over the parts, in one figure without any provider's own JSON")
    void usageAddsUp() {
        StreamingChunk early = StreamingChunk.usage(TokenUsage.of(10, 2, 4, 1));
        StreamingChunk late = StreamingChunk.usage(
                new TokenUsage(15, 3, 18, 5, 2, Optional.of("{\"prompt_tokens\":15}")));
        Recoveries answer = Recoveries.of(
                StubProvider.answers("a").says(text("The"), text(" end"), early).thenBreaksWith(CUT),
                StubProvider.answers("b").says(text(" of"), text(" it"), FINISH, late));

        assertThat(answer.usage()).contains(TokenUsage.of(25, 5, 9, 3));
        assertThat(answer.test.spent).containsExactly(new Spent("a", "m", TokenUsage.of(10, 2, 4, 1), false),
                new Spent("b", "m", late.usage().orElseThrow(), false));
    }

    @Test
    @DisplayName("T02: a part that broke off before it told is estimated, also if it had told how it began")
    void whatWasNotToldIsEstimated() {
        StreamingChunk begin = StreamingChunk.usage(TokenUsage.of(10, 1, 0, 0));
        StubProvider told = StubProvider.answers("a").says(begin, text("a"), text("b"), text("c")).thenBreaksWith(CUT);
        StreamingChunk late = StreamingChunk.usage(TokenUsage.of(15, 3, 0, 0));
        Recoveries answer = Recoveries.of(told, StubProvider.answers("b").says(text("d"), FINISH, late));
        assertThat(answer.usage()).contains(TokenUsage.of(25, 6, 0, 0));
        assertThat(answer.test.spent.getFirst()).isEqualTo(new Spent("a", "m", TokenUsage.of(10, 3, 0, 0), true));

        Recoveries neither = Recoveries.of(breaking("a", "aa", "bb"), whole("b", "cc"));
        assertThat(neither.usage().orElseThrow().completion()).isEqualTo(3);
        assertThat(neither.test.spent).allMatch(Spent::estimated);
    }
}
