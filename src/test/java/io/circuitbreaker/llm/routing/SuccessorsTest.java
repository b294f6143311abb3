package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.Recoveries.answer;
import static io.circuitbreaker.llm.routing.Recoveries.begun;
import static io.circuitbreaker.llm.routing.Recoveries.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is asked to go on, and how. */
class SuccessorsTest {

    private static final Failure CUT = new Failure.ClosedEarly("cut");
    private static final Failure REFUSED = Failure.InvalidRequest.of("", "the conversation must end with a user message");

    private static StubProvider breaking(String... texts) {
        return StubProvider.answers("a").says(begun(texts)).thenBreaksWith(CUT);
    }

    private static LlmRequest limited(Sampling sampling, Optional<ResponseFormat> format) {
        return new LlmRequest("openai", JsonValue.EMPTY_JSON_OBJECT, "r", List.of(ChatMessage.of(Role.USER, "Hi")), sampling,
                Tooling.NONE, format, Optional.empty(), Optional.empty(), Map.of(), true, false,
                RoutingWish.NONE.with(Recoveries.CONTINUE));
    }

    @ParameterizedTest
    @EnumSource(names = {"EXACT", "TRIMMED"})
    @DisplayName("T20: who takes the beginning of its own answer is given it, and nothing more")
    void prefill(Prefill way) {
        StubProvider second = StubProvider.answers("b").takes(way).says(answer("end"));
        assertThat(Recoveries.of(breaking("The "), second).text()).isEqualTo("The end");

        assertThat(second.requests()).singleElement()
                .satisfies(asked -> assertThat(asked.soFar()).contains(new AnswerSoFar("The ", Optional.empty())));
    }

    @Test
    @DisplayName("T20: anybody else is told as a user, after the assistant's words, and as configured")
    void instruction() {
        StubProvider second = StubProvider.answers("b").says(answer("end"));
        Recoveries.of(breaking("The "), second);
        List<ChatMessage> asked = second.requests().getFirst().conversation();
        assertThat(asked).containsExactly(ChatMessage.of(Role.USER, "Hi"), ChatMessage.of(Role.ASSISTANT, "The "),
                ChatMessage.of(Role.USER, RouteConfig.DEFAULT_INSTRUCTION));

        StubProvider first = breaking("The ");
        TestRouter configured = TestRouter.configured(MapConfig.of("llm.routes", "r", "llm.route.r.candidates",
                TestRouter.candidates(first, second), "llm.route.r.recovery", "continue",
                "llm.route.continuation-instruction", "Go on!"), first, second);
        try (var stream = configured.open("r").stream()) {
            while (stream.advance()) {
                assertThat(stream.chunk()).isNotNull();
            }
        }
        assertThat(second.requests().getLast().conversation().getLast()).isEqualTo(ChatMessage.of(Role.USER, "Go on!"));
    }

    @Test
    @DisplayName("T20, scenario 14: who refuses the beginning of its answer is asked once more, in words")
    void refusedPrefill() {
        StubProvider second = StubProvider.failsWith("b", REFUSED).thenAnswers().takes(Prefill.TRIMMED).says(answer("end"));
        Recoveries answer = Recoveries.of(breaking("The "), second);

        assertThat(answer.text()).isEqualTo("The end");
        assertThat(second.requests().stream().map(asked -> asked.soFar().orElseThrow().isPrefill()))
                .containsExactly(true, false);
        assertThat(answer.test.spent).as("metered").hasSize(2);
    }

    @Test
    @DisplayName("T20: who refuses both is left, and the next is asked: the request is not the client's own any more")
    void refusedBoth() {
        StubProvider second = StubProvider.failsWith("b", REFUSED).takes(Prefill.EXACT);
        StubProvider third = StubProvider.answers("c").says(answer("end"));
        assertThat(Recoveries.of(breaking("The "), second, third).text()).isEqualTo("The end");
        assertThat(second.timesAsked()).isEqualTo(2);
    }

    @Test
    void whoHasNoRoomForTheAnswerIsNotAskedInWords() {
        StubProvider second = StubProvider.failsWith("b", new Failure.InvalidRequest("full", "", "context_length_exceeded"))
                .takes(Prefill.EXACT);
        StubProvider third = StubProvider.answers("c").says(answer("end"));
        assertThat(Recoveries.of(breaking("The "), second, third).text()).isEqualTo("The end");
        assertThat(second.timesAsked()).isOne();
    }

    @Test
    @DisplayName("a breaker that is open, and a pause, are respected by who looks for a successor too")
    void othersAreLeftAloneAsUsual() {
        StubProvider open = StubProvider.does("b", () -> {
            throw new CircuitBreakerOpenException("open");
        });
        StubProvider third = StubProvider.answers("c").says(answer("end"));
        assertThat(Recoveries.of(breaking("The "), open, third).text()).isEqualTo("The end");
        assertThat(open.timesRefused()).as("it is told through all that wraps it").isOne();

        StubProvider busy = StubProvider.failsWith("b", new Failure.RateLimited("busy",
                Optional.of(java.time.Duration.ofMinutes(1))));
        StubProvider fourth = StubProvider.answers("c").says(answer("end"));
        TestRouter test = TestRouter.over(busy, breaking("The "), fourth);
        for (int i = 0; i < 2; i++) {
            try (var stream = test.open("r", RoutingWish.NONE.with(Recoveries.CONTINUE)).stream()) {
                while (stream.advance()) {
                    assertThat(stream.chunk()).isNotNull();
                }
            }
        }
        assertThat(busy.timesAsked()).isOne();
        assertThat(fourth.timesAsked()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"100, 97", "3, 1", "2, 1"})
    void whatIsLeftOfTheLimitIsAskedFor(int limit, int left) {
        StubProvider second = StubProvider.answers("b").says(answer("d"));
        Recoveries.of(limited(Sampling.DEFAULTS.withMaxTokens(limit), Optional.empty()), breaking("a", "b", "c"), second);
        assertThat(second.requests().getFirst().sampling().maxTokens()).hasValue(left);
    }

    @Test
    void aLongTextOfFewChunksCountsByItsLength() {
        StubProvider second = StubProvider.answers("b").says(answer("d"));
        Recoveries.of(limited(Sampling.DEFAULTS.withMaxTokens(100), Optional.empty()), breaking("word".repeat(30)), second);
        assertThat(second.requests().getFirst().sampling().maxTokens()).hasValue(70);
    }

    @Test
    void withoutALimitNoneIsSet() {
        StubProvider second = StubProvider.answers("b").says(answer("d"));
        Recoveries.of(request(), breaking("a"), second);
        assertThat(second.requests().getFirst().sampling()).isEqualTo(Sampling.DEFAULTS);
    }

    static Stream<LlmRequest> requestsForMoreThanText() {
        Sampling twice = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of(), OptionalLong.empty(), OptionalDouble.empty(), OptionalDouble.empty(), 2,
                false, OptionalInt.empty());
        Sampling probabilities = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of(), OptionalLong.empty(), OptionalDouble.empty(), OptionalDouble.empty(), 1,
                true, OptionalInt.empty());
        return Stream.of(limited(twice, Optional.empty()), limited(probabilities, Optional.empty()),
                limited(Sampling.DEFAULTS, Optional.of(new ResponseFormat.AnyJson())),
                limited(Sampling.DEFAULTS, Optional.of(
                        new ResponseFormat.JsonSchema("s", JsonValue.EMPTY_JSON_OBJECT, true))));
    }

    @ParameterizedTest
    @MethodSource("requestsForMoreThanText")
    @DisplayName("T19: structured output, several choices and probabilities are not gone on with")
    void moreThanTextIsNotGoneOnWith(LlmRequest request) {
        StubProvider second = StubProvider.answers("b").says(answer("d"));
        Recoveries answer = Recoveries.of(request, breaking("{"), second);
        assertThat(answer.failure.map(LlmException::failure)).contains(CUT);
        assertThat(second.timesAsked()).isZero();
    }

    @Test
    void aPlainTextFormatIsText() {
        assertThat(Recoveries.of(limited(Sampling.DEFAULTS, Optional.of(new ResponseFormat.PlainText())),
                breaking("The "), StubProvider.answers("b").says(answer("end"))).text()).isEqualTo("The end");
    }
}
