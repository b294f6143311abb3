package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.Heard.STOP;
import static io.circuitbreaker.llm.routing.Heard.saying;
import static io.circuitbreaker.llm.routing.Heard.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SideBySideTest {

    private static final RoutingWish BOTH = TestRouter.sideBySide(2);

    @Test
    void severalAnswerEachWithItsOwnChoiceAndFinish() {
        StubProvider third = saying("c", "no");
        TestRouter test = TestRouter.over(saying("a", "one", "two"), saying("b", "eins", "zwei"), third);

        RoutedStream answer = test.open("r", BOTH);
        Heard heard = Heard.of(answer.stream());

        assertThat(heard.choice(0)).isEqualTo("a:one a:two a:stop");
        assertThat(heard.choice(1)).isEqualTo("b:eins b:zwei b:stop");
        assertThat(heard.failure()).isEmpty();
        assertThat(answer.provider()).isEqualTo("a, b");
        assertThat(answer.model()).isEqualTo("m, m");
        assertThat(answer.countedAs()).isEqualTo("several");
        assertThat(answer.stream().head().provider()).isEqualTo("a, b");
        assertThat(third.timesAsked()).isZero();
        assertThat(test.spent).as("with the last end all is told").extracting(Spent::provider)
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void usageIsTheSumOnceAtTheEnd() {
        StubProvider first = StubProvider.answers("a").says(StreamingChunk.usage(TokenUsage.of(7, 1, 0, 0)), text("x"),
                STOP, StreamingChunk.usage(TokenUsage.of(7, 2, 3, 1)));
        StubProvider second = StubProvider.answers("b").says(text("x"), STOP,
                StreamingChunk.usage(TokenUsage.of(5, 4, 0, 0)));
        Heard heard = Heard.of(TestRouter.over(first, second).open("r", BOTH).stream());
        assertThat(heard.usages()).containsExactly(TokenUsage.of(12, 6, 3, 1));
        assertThat(heard.chunks().getLast().usage()).isPresent();
    }

    @Test
    void whoBreaksOffBeforeItTellsItsUsageIsEstimatedInTheSum() {
        StubProvider whole = StubProvider.answers("a").says(text("x"), STOP, StreamingChunk.usage(TokenUsage.of(5, 4, 0, 0)));
        StubProvider broken = StubProvider.answers("b").says(text("x"), text("y")).thenBreaksWith(new Failure.ClosedEarly("cut"));
        Heard heard = Heard.of(TestRouter.over(whole, broken).open("r", BOTH).stream());
        assertThat(heard.usages()).hasSize(1);
        assertThat(heard.usages().getFirst().completion()).isEqualTo(4 + 2);
        assertThat(heard.usages().getFirst().prompt()).isGreaterThan(5);
    }

    @Test
    void theFirstTokenIsNotKeptWaitingForTheOthers() {
        StubProvider silent = StubProvider.isSilent("a");
        TestRouter test = TestRouter.over(silent, saying("b", "x"));
        try (ChunkStream stream = test.open("r", BOTH).stream()) {
            assertThat(stream.advance()).isTrue();
            assertThat(stream.chunk().voice().orElseThrow().choice()).isEqualTo(1);
        }
        assertThat(test.awaitSpent(2)).extracting(Spent::provider).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatIsNoChunkOfItsOwnDoesNotCountAsReady() {
        StubProvider quick = StubProvider.answers("a").says(text("x"), STOP, StreamingChunk.usage(TokenUsage.of(5, 4, 0, 0)));
        TestRouter test = TestRouter.over(quick, StubProvider.isSilent("b"));
        try (ChunkStream stream = test.open("r", BOTH).stream()) {
            assertThat(stream.advance()).isTrue();
            assertThat(stream.advance()).isTrue();
            // With these the usage has been handed over, and nothing can be read before b speaks.
            test.awaitSpent(1);
            assertThat(stream.hasNext()).isFalse();
        }
    }

    @Test
    void aLongAnswerIsLostNowhere() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            words.add(Integer.toString(i));
        }
        String[] all = words.toArray(String[]::new);
        Heard heard = Heard.of(TestRouter.over(saying("a", all), saying("b", all), saying("c", all))
                .open("r", TestRouter.sideBySide(3)).stream());
        for (int choice = 0; choice < 3; choice++) {
            String name = List.of("a", "b", "c").get(choice);
            assertThat(heard.choice(choice)).isEqualTo(words.stream().map(word -> name + ":" + word)
                    .collect(Collectors.joining(" ")) + " " + name + ":stop");
        }
    }

    @Test
    void severalChoicesOfEachAreRefused() {
        StubProvider first = StubProvider.answers("a");
        TestRouter test = TestRouter.over(first, StubProvider.answers("b"));
        LlmRequest plain = TestRouter.request("r", BOTH);
        Sampling none = Sampling.DEFAULTS;
        LlmRequest two = new LlmRequest(plain.dialect(), plain.source(), plain.model(), plain.messages(),
                new Sampling(none.temperature(), none.topP(), none.topK(), none.maxTokens(), none.stop(), none.seed(),
                        none.frequencyPenalty(), none.presencePenalty(), 2, none.logprobs(), none.topLogprobs()),
                plain.tooling(), plain.responseFormat(), plain.reasoningEffort(), plain.user(), plain.metadata(), true, false,
                BOTH);
        Failure refused = catchThrowableOfType(LlmException.class,
                () -> test.router.open(two, test.cancellation, test.spent::add)).failure();
        assertThat(refused).isEqualTo(Failure.InvalidRequest.of("n", "'n' must be 1 or absent where several models answer"
                + " side by side (parallel = 2), was 2"));
        assertThat(first.timesAsked()).isZero();
    }

    @Test
    void theOnlyCandidateAnswersPlainly() {
        Heard heard = Heard.of(TestRouter.over(saying("a", "x")).open("r", BOTH).stream());
        assertThat(heard.chunks()).extracting(StreamingChunk::voice).containsOnly(Optional.empty());
    }
}
