package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole answers are asked for as streams, which is ours alone: a provider that refuses that refuses nothing of the client's.
 * Nor is a request over where only what can be left out is refused.
 */
class ConcessionsTest {

    private static List<Boolean> streamsAsked(TestUpstream test) {
        return test.fake.requests().stream().map(ReceivedRequest::json).map(body -> body.getBoolean("stream")).toList();
    }

    @Test
    void aWholeAnswerIsAskedForWithoutAStream() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.reply(WholeOnly.document("Hello"));
            ProviderCall call = TestUpstream.call(Requests.forOneDocument("Say hello"), new Cancellation());

            Answer answer = OnVirtualThread.call(() -> test.answer(call));

            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).isEqualTo("Hello");
            assertThat(answer.usage()).hasValueSatisfying(usage -> assertThat(usage.completion()).isEqualTo(2));
            assertThat(streamsAsked(test)).containsExactly(true, false);
            assertThat(call.attempts()).isEqualTo(2);
            test.assertNothingLeft();
        }
    }

    @Test
    void whoWantsAStreamIsToldThatThereIsNone() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(WholeOnly.refusal())) {
            Answer answer = test.ask();

            assertThat(answer.failure()).isInstanceOf(Failure.InvalidRequest.class);
            assertThat(answer.failure().message()).contains("verified to stream this model");
            assertThat(streamsAsked(test)).containsExactly(true);
            test.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @CsvSource({"temperature, 1", "stream, 2"})
    void anotherRefusalIsTheLast(String param, int asked) {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(WholeOnly.refusalOf(param))) {
            Answer answer = test.ask(Requests.forOneDocument("Say hello"));

            assertThat(answer.failure()).isInstanceOfSatisfying(Failure.InvalidRequest.class,
                    refused -> assertThat(refused.param()).isEqualTo(param));
            assertThat(test.fake.requests()).hasSize(asked);
            test.assertNothingLeft();
        }
    }

    @Test
    void penaltiesThatAreRefusedAreLeftOut() {
        String refusal = "{\"error\":{\"code\":400,\"message\":\"Penalty is not enabled for this model\","
                + "\"status\":\"INVALID_ARGUMENT\"}}";
        try (TestUpstream test = TestUpstream.speaking(Language.GOOGLE)) {
            test.fake.enqueue(FakeReply.status(400).body("application/json", refusal));
            test.reply(Language.GOOGLE.answer("Hello"));

            assertThat(test.ask(Requests.penalising()).text()).isEqualTo("Hello");

            assertThat(test.fake.requests()).extracting(request -> request.json().containsKey("generationConfig"))
                    .containsExactly(true, false);
        }
    }

    @Test
    @DisplayName("a repetition is not refused for what the attempt before it was refused for")
    void whatIsRefusedIsNotAskedForAgain() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.fake.enqueue(FakeReply.status(503).body("application/json", "{}"));
            test.reply(WholeOnly.document("Hello"));
            ProviderCall call = TestUpstream.call(Requests.forOneDocument("Say hello"), new Cancellation());

            assertThat(OnVirtualThread.call(() -> test.answer(call)).failure()).isInstanceOf(Failure.Overloaded.class);
            assertThat(OnVirtualThread.call(() -> test.answer(call)).text()).isEqualTo("Hello");

            assertThat(streamsAsked(test)).containsExactly(true, false, false);
        }
    }

    @Test
    void anotherModelIsAskedForAStream() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.fake.enqueue(WholeOnly.document("Hello"));
            test.ask(Requests.forOneDocument("Say hello"));
            test.reply(Language.OPENAI.answer("Hello"));
            ProviderCall other = new ProviderCall(Requests.forOneDocument("Say hello"), "another", new Cancellation());

            assertThat(OnVirtualThread.call(() -> test.answer(other)).text()).isEqualTo("Hello");

            assertThat(streamsAsked(test)).containsExactly(true, false, true);
        }
    }

    @Test
    void attemptsStayBounded() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(WholeOnly.refusal())) {
            ProviderCall call = TestUpstream.call(Requests.forOneDocument("Say hello"), new Cancellation());
            call.countFrom(ProviderCall.MAX_ATTEMPTS - 1);

            assertThat(OnVirtualThread.call(() -> test.answer(call)).failure()).isInstanceOf(Failure.InvalidRequest.class);

            assertThat(call.attempts()).isEqualTo(ProviderCall.MAX_ATTEMPTS);
        }
    }

    @Test
    void theSecondAnswerMayFailAsAnyOther() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.enqueue(WholeOnly.refusal());
            test.reply(FakeReply.status(503).body("application/json", "{}"));

            Answer answer = test.ask(Requests.forOneDocument("Say hello"));

            assertThat(answer.failure()).isEqualTo(new Failure.Overloaded(answer.failure().message(), Optional.empty()));
            test.assertNothingLeft();
        }
    }
}
