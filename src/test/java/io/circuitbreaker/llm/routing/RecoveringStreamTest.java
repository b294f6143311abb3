package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.Recoveries.CUT;
import static io.circuitbreaker.llm.routing.Recoveries.FINISH;
import static io.circuitbreaker.llm.routing.Recoveries.answer;
import static io.circuitbreaker.llm.routing.Recoveries.begun;
import static io.circuitbreaker.llm.routing.Recoveries.breaking;
import static io.circuitbreaker.llm.routing.Recoveries.request;
import static io.circuitbreaker.llm.routing.Recoveries.text;
import static io.circuitbreaker.llm.routing.Recoveries.whole;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecoveringStreamTest {

    @Test
    @DisplayName("T19 T25: another goes on, and to the client it is one answer: one head, one role, one finish")
    void anotherGoesOn() {
        Recoveries answer = Recoveries.of(breaking("a", "The quick", " brown"), whole("b", " fox", " jumps."));

        assertThat(answer.failure).isEmpty();
        assertThat(answer.text()).isEqualTo("The quick brown fox jumps.");
        assertThat(answer.finishes()).containsExactly("stop");
        assertThat(answer.choices().stream().filter(choice -> choice.delta().startsMessage())).hasSize(1);
    }

    @Test
    void theFirstChunkOfTheOtherPartSaysSo() {
        Recoveries answer = Recoveries.of(breaking("a", "The quick"), whole("b", " brown", " fox"));

        List<StreamingChunk> marked =
                answer.chunks.stream().filter(chunk -> chunk.continuation().isPresent()).toList();
        assertThat(marked).hasSize(1);
        assertThat(marked.getFirst().continuation()).contains(new Continuation("a/m", "closed early", "m", "b"));
        assertThat(marked.getFirst().choices().getFirst().delta().content()).isEqualTo(" brown");
    }

    @Test
    @DisplayName("without the wish nobody goes on, nor for a client that wants the first candidate only")
    void offByDefault() {
        for (RoutingWish wish : List.of(RoutingWish.NONE,
                TestRouter.onlyFirst("b/m").with(Recoveries.CONTINUE))) {
            StubProvider second = whole("b", " fox");
            Recoveries answer = Recoveries.of(TestRouter.request("r", wish), breaking("a", "The"), second);
            assertThat(answer.failure.orElseThrow().failure()).isEqualTo(CUT);
            assertThat(second.timesAsked()).isZero();
        }
    }

    @Test
    void theBrokenAnswerIsLetGoOfBeforeAnotherIsAsked() {
        StubProvider first = breaking("a", "The");
        StubProvider second = StubProvider.does("b", () -> assertThat(first.timesClosed()).isOne()).says(answer(" end"));
        Recoveries answer = Recoveries.of(first, second);

        assertThat(answer.text()).isEqualTo("The end");
        assertThat(second.timesClosed()).isOne();
        assertThat(first.timesClosed()).isOne();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(CUT, true),
                Arguments.of(new Failure.Malformed("m"), true),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.IDLE), true),
                Arguments.of(Failure.ProviderFailed.of("m"), true),
                Arguments.of(new Failure.Overloaded("m", Optional.empty()), true),
                Arguments.of(new Failure.RateLimited("m", Optional.empty()), true),
                Arguments.of(new Failure.Unreachable("m"), true),
                Arguments.of(new Failure.QuotaExhausted("m"), true),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.TOTAL), false),
                Arguments.of(new Failure.ContentFiltered("m"), false),
                Arguments.of(Failure.InvalidRequest.of("p", "m"), false),
                Arguments.of(new Failure.TooLarge("m"), false),
                Arguments.of(new Failure.ClientGone("m"), false),
                Arguments.of(new Failure.Cancelled("m"), false),
                Arguments.of(new Failure.Internal("m"), false));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("T06 T19: only what the provider is to blame for is gone on from")
    void onlyAProvidersFaultIsGoneOnFrom(Failure failure, boolean goesOn) {
        StubProvider second = whole("b", " end");
        Recoveries answer = Recoveries.of(StubProvider.answers("a").says(begun("The")).thenBreaksWith(failure), second);

        assertThat(answer.text()).isEqualTo(goesOn ? "The end" : "The");
        assertThat(answer.failure.map(LlmException::failure)).isEqualTo(goesOn ? Optional.empty() : Optional.of(failure));
        assertThat(second.timesAsked()).isEqualTo(goesOn ? 1 : 0);
    }

    static Stream<Arguments> beginnings() {
        StreamingChunk tool = StreamingChunk.of(Delta.toolCall(new ToolCallDelta(0, "c", "f", "{", Optional.empty())));
        return Stream.of(
                Arguments.of("a tool call", new StreamingChunk[] {text("Let me see."), tool}),
                Arguments.of("an image", new StreamingChunk[] {text("Here:"), StreamingChunk.of(
                        Delta.image(new Media.Inline("image/png", "AA==")))}),
                Arguments.of("a refusal", new StreamingChunk[] {text("I"), StreamingChunk.of(
                        new Delta(false, "", "", "No.", List.of(), Optional.empty()))}),
                Arguments.of("reasoning only", new StreamingChunk[] {StreamingChunk.of(Delta.reasoning("Hm."))}),
                Arguments.of("nothing but space", begun("\n\n")),
                Arguments.of("a finish", answer("All of it.")),
                Arguments.of("two choices", new StreamingChunk[] {text("One"), StreamingChunk.of(
                        new StreamingChoice(1, Delta.content("Two"), Optional.empty()))}),
                Arguments.of("what cannot be decoded", new StreamingChunk[] {text("One"), StreamingChunk.forwarded(
                        new StreamingChunk.Wire("openai", "{}", _ -> {
                            throw new LlmException(new Failure.Malformed("a form of its own"));
                        }), true)}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("beginnings")
    @DisplayName("T19: nothing but text is gone on with; anything else ends with the truth")
    void whatIsMoreOrLessThanTextEndsWithTheTruth(String what, StreamingChunk[] said) {
        StubProvider second = whole("b", " end");
        Recoveries answer = Recoveries.of(StubProvider.answers("a").says(said).thenBreaksWith(CUT), second);

        assertThat(answer.chunks).containsExactly(said);
        assertThat(answer.failure.map(LlmException::failure)).as(what).contains(CUT);
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    @DisplayName("text after reasoning is gone on with, and how another thinks about that is not the client's")
    void reasoningOfWhoGoesOnIsLeftOut() {
        StubProvider first = StubProvider.answers("a").says(StreamingChunk.of(Delta.reasoning("Hm.")), text("The"))
                .thenBreaksWith(CUT);
        StubProvider second = StubProvider.answers("b").says(StreamingChunk.of(Delta.START),
                StreamingChunk.of(Delta.reasoning("They want me to go on.")), text(" end"), FINISH);
        Recoveries answer = Recoveries.of(first, second);

        assertThat(answer.text()).isEqualTo("The end");
        assertThat(answer.choices().stream().map(choice -> choice.delta().reasoning())).contains("Hm.")
                .doesNotContain("They want me to go on.");
    }

    @Test
    void whoGoesOnMayCallATool() {
        StreamingChunk tool = StreamingChunk.of(Delta.toolCall(new ToolCallDelta(0, "c", "f", "{}", Optional.empty())));
        Recoveries answer = Recoveries.of(breaking("a", "Let me see: the"),
                StubProvider.answers("b").says(text(" see"), tool, FINISH));

        assertThat(answer.text()).isEqualTo("Let me see: the see");
        assertThat(answer.choices().stream().flatMap(choice -> choice.delta().toolCalls().stream())).hasSize(1);
        assertThat(answer.chunks.stream().filter(chunk -> chunk.continuation().isPresent())).hasSize(1);
    }

    @Test
    @DisplayName("T19: a repetition of what was delivered is taken out, in however many pieces it comes")
    void repetitionIsTakenOut() {
        Recoveries answer = Recoveries.of(breaking("a", "Once upon a time there was a king"),
                whole("b", "Once upon", " a time there", " was a king who", " had a cat."));
        assertThat(answer.text()).isEqualTo("Once upon a time there was a king who had a cat.");
    }

    @Test
    @DisplayName("T19: what was held back when the second broke too is delivered before a third is asked")
    void oneAfterTheOtherGoesOn() {
        StubProvider third = whole("c", " was a king.");
        Recoveries answer = Recoveries.of(breaking("a", "Once upon a time, a"), breaking("b", " time"), third);

        assertThat(answer.text()).isEqualTo("Once upon a time, a time was a king.");
        assertThat(third.requests().getFirst().soFar().orElseThrow().text()).isEqualTo("Once upon a time, a time");
        assertThat(answer.chunks.stream().flatMap(chunk -> chunk.continuation().stream()).map(Continuation::from))
                .containsExactly("a/m", "b/m");
        assertThat(answer.finishes()).hasSize(1);
    }

    @Test
    @DisplayName("T42: what was delivered is not kept from the client while another is being asked")
    void aBreakIsNothingThatComesAtOnce() {
        TestRouter test = TestRouter.over(breaking("a", "The"), whole("b", " end"));
        try (ChunkStream stream = test.open("r", RoutingWish.NONE.with(Recoveries.CONTINUE)).stream()) {
            stream.advance();
            assertThat(stream.hasNext()).isTrue();
            stream.advance();
            assertThat(stream.hasNext()).as("the break").isFalse();
            assertThat(stream.advance()).isTrue();
            assertThat(stream.hasNext()).isTrue();
        }
    }

    @Test
    void forwardedChunksAreReadAndGoneOnWithAnew() {
        StreamingChunk.Decoder decoder =
                json -> List.of(StreamingChoice.of(Delta.content(json.substring(1, json.length() - 1))));
        StreamingChunk[] forwarded = Stream.of("\"The\"", "\" brown\"").map(json ->
                StreamingChunk.forwarded(new StreamingChunk.Wire("openai", json, decoder), true))
                .toArray(StreamingChunk[]::new);
        StreamingChunk[] next = {StreamingChunk.forwarded(
                new StreamingChunk.Wire("openai", "\"brown fox\"", decoder), true), FINISH};
        Recoveries answer = Recoveries.of(StubProvider.answers("a").says(forwarded).thenBreaksWith(CUT),
                StubProvider.answers("b").says(next));

        assertThat(answer.chunks.subList(0, 2)).containsExactly(forwarded);
        assertThat(answer.text()).isEqualTo("The brown fox");
        assertThat(Arrays.asList(next)).doesNotContainAnyElementsOf(answer.chunks.subList(2, 3));
    }

    @Test
    void anAnswerOfOnePartIsHandedOnAsItIs() {
        StreamingChunk[] said = answer("fine");
        assertThat(Recoveries.of(request(), StubProvider.answers("a").says(said)).chunks).containsExactly(said);
    }

    @Test
    @DisplayName("T19: who goes on in a form that cannot be read has broken off, and nothing of it is lost unseen")
    void whatCannotBeReadOfAnotherIsABreak() {
        StreamingChunk unreadable = StreamingChunk.forwarded(new StreamingChunk.Wire("openai", "{}", _ -> {
            throw new LlmException(new Failure.Malformed("a form of its own"));
        }), true);
        Recoveries answer = Recoveries.of(breaking("a", "The"), StubProvider.answers("b").says(text(" big"), unreadable),
                whole("c", " end"));
        assertThat(answer.text()).isEqualTo("The big end");
    }
}
