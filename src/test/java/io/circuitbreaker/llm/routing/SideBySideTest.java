package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SideBySideTest {

    private static final RoutingWish BOTH = TestRouter.sideBySide(2);
    private static final StreamingChunk STOP = StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP));
    private static final Failure OVERLOADED = new Failure.Overloaded("busy", Optional.empty());
    private static final Failure CLOSED = new Failure.ClosedEarly("cut");

    /** What came of an answer: each choice's words, with who says them, and its end; and how the whole ended. */
    private record Heard(List<StreamingChunk> chunks, Optional<Failure> failure) {

        static Heard of(ChunkStream stream) {
            List<StreamingChunk> chunks = new ArrayList<>();
            try (stream) {
                while (stream.advance()) {
                    chunks.add(stream.chunk());
                }
                return new Heard(chunks, Optional.empty());
            } catch (LlmException e) {
                return new Heard(chunks, Optional.of(e.failure()));
            }
        }

        String choice(int index) {
            return chunks.stream().filter(chunk -> chunk.voice().isPresent() && chunk.voice().get().choice() == index)
                    .map(Heard::words).collect(Collectors.joining(" "));
        }

        private static String words(StreamingChunk chunk) {
            StreamingChoice choice = chunk.choices().getFirst();
            assertThat(choice.index()).isEqualTo(chunk.voice().orElseThrow().choice());
            String words = choice.finish().map(FinishReason::word).orElse(choice.delta().content());
            String failure = choice.failure().map(why -> "(" + why.message() + ")").orElse("");
            return chunk.voice().get().head().provider() + ":" + words + failure;
        }

        List<TokenUsage> usages() {
            return chunks.stream().flatMap(chunk -> chunk.usage().stream()).toList();
        }
    }

    private static StreamingChunk text(String text) {
        return StreamingChunk.of(Delta.content(text));
    }

    private static StubProvider saying(String name, String... words) {
        return StubProvider.answers(name).says(said(words));
    }

    private static StreamingChunk[] said(String... words) {
        List<StreamingChunk> chunks = new ArrayList<>();
        for (String word : words) {
            chunks.add(text(word));
        }
        chunks.add(STOP);
        return chunks.toArray(StreamingChunk[]::new);
    }

    private static StubProvider breaking(String name, String... words) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(said(words)));
        chunks.removeLast();
        return StubProvider.answers(name).says(chunks.toArray(StreamingChunk[]::new)).thenBreaksWith(CLOSED);
    }

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
        Thread.ofVirtual().start(() -> {
            while (first.timesAsked() + second.timesAsked() < 2) {
                Thread.onSpinWait();
            }
            test.cancellation.cancel(gone);
        });
        assertThat(test.refusal("r", BOTH).failure()).isEqualTo(gone);
        test.awaitSpent(2);
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

    @Test
    void aFaultOfOursEndsTheRequestAndAllWhoWereAsked() {
        TestRouter test = TestRouter.over(StubProvider.does("a", () -> {
            throw new AssertionError("ours");
        }), StubProvider.isSilent("b"));
        assertThatThrownBy(() -> Heard.of(test.open("r", BOTH).stream())).hasRootCauseMessage("ours");
        test.awaitSpent(1);
    }
}
