package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.Events.START;
import static io.circuitbreaker.llm.dialect.anthropic.Events.STOP;
import static io.circuitbreaker.llm.dialect.anthropic.Events.blockStart;
import static io.circuitbreaker.llm.dialect.anthropic.Events.finish;
import static io.circuitbreaker.llm.dialect.anthropic.Events.text;
import static io.circuitbreaker.llm.dialect.anthropic.Events.toolStart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicStreamEndsTest {

    private final Events events = new Events();

    @DisplayName("T30: every stop reason has its finish reason, an unknown one passes as it is")
    @ParameterizedTest
    @CsvSource({"end_turn,stop", "stop_sequence,stop", "pause_turn,stop", "max_tokens,length",
        "model_context_window_exceeded,length", "tool_use,tool_calls", "refusal,content_filter", "tired,tired"})
    void stopReasonsAreTranslated(String stopReason, String finish) {
        assertThat(events.answer(START, finish(stopReason), STOP).finish()).contains(new FinishReason(finish));
    }

    @DisplayName("T30: there is one finish, and nothing of the answer after it")
    @Test
    void nothingFollowsTheFinish() {
        DecodedAnswer answer = events.answer(START, finish("end_turn"), text(0, "late"), toolStart(1, "toolu_a",
                "late"),
                finish("max_tokens"), STOP);

        assertThat(answer.finish()).contains(FinishReason.STOP);
        assertThat(answer.text()).isEmpty();
        assertThat(answer.toolCalls()).isEmpty();
    }

    @DisplayName("T40: later usage replaces what it repeats, and leaves what it lacks or has as null")
    @Test
    void laterUsageReplacesEarlier() {
        DecodedAnswer answer = events.answer(START, """
                {"type":"message_delta","delta":{"stop_reason":null},"usage":{"output_tokens":5}}""", """
                {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":100,
                "cache_creation_input_tokens":null,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}""",
                STOP);

        assertThat(answer.usage()).contains(TokenUsage.of(105, 9, 3, 4));
        assertThat(answer.chunks()).flatExtracting(StreamingChunk::choices).hasSize(2);
    }

    @DisplayName("T40: without usage there is no usage chunk")
    @Test
    void absentUsageIsNotInvented() {
        DecodedAnswer answer = events.answer(
                "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":null}}",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}", STOP);

        assertThat(answer.usage()).isEmpty();
        assertThat(answer.finish()).contains(FinishReason.STOP);
    }

    @Test
    void refusalIsExplainedBeforeTheFinish() {
        events.read(START, """
                {"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal",
                "explanation":"Not that."}},"usage":{"output_tokens":2}}""");

        assertThat(events.chunks.get(2).choices().getFirst().delta().refusal()).isEqualTo("Not that.");
        assertThat(events.chunks.get(3).choices().getFirst().finish()).contains(FinishReason.CONTENT_FILTER);
    }

    @ParameterizedTest
    @CsvSource({"overloaded_error,Overloaded", "rate_limit_error,RateLimited", "api_error,ProviderFailed",
        "timeout_error,ProviderFailed", "invalid_request_error,InvalidRequest", "authentication_error,ProviderAuth",
        "permission_error,PermissionDenied", "not_found_error,NotFound", "request_too_large,TooLarge",
        "billing_error,QuotaExhausted", "invented_error,ProviderFailed"})
    void errorEventEndsTheAnswerWithItsFailure(String type, String failure) {
        String error = "{\"type\":\"error\",\"error\":{\"details\":null,\"type\":\"" + type
                + "\",\"message\":\"said so\"},\"request_id\":null}     ";

        DecodedAnswer first = events.answer(error);

        assertThat(first.failure().orElseThrow().getClass().getSimpleName()).isEqualTo(failure);
        assertThat(first.chunks()).isEmpty();
        if (!failure.equals("ProviderAuth")) {
            assertThat(first.failure().orElseThrow().message()).isEqualTo("provider 'claudia' failed: said so");
        }
    }

    @Test
    void errorAfterTextKeepsTheText() {
        DecodedAnswer answer = events.answer(START, text(0, "Once upon"),
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}");

        assertThat(answer.text()).isEqualTo("Once upon");
        assertThat(answer.finish()).isEmpty();
        assertThat(answer.failure().orElseThrow()).isInstanceOf(Failure.Overloaded.class);
    }

    @Test
    void streamThatClosesBeforeItsFinishClosedEarly() {
        DecodedAnswer answer = events.answer(START, text(0, "Once upon"));

        assertThat(answer.failure()).contains(new Failure.ClosedEarly(
                "provider 'claudia' closed the stream before it sent message_stop"));
    }

    @Test
    void streamThatClosesAfterItsFinishClosedWell() {
        DecodedAnswer answer = events.answer(START, text(0, "Once."), finish("end_turn"));

        assertThat(answer.failure()).isEmpty();
        assertThat(events.reader.finished()).isTrue();
        assertThat(events.reader.done()).isFalse();
    }

    @Test
    @DisplayName("message_stop without a stop reason: what open blocks held back comes, and no finish is made up")
    void nothingIsHeldBackAtAStopWithoutAReason() {
        DecodedAnswer answer = events.answer(START,
                blockStart(0, "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"c2ln\"}"),
                toolStart(1, "toolu_a", "now"), STOP);

        assertThat(answer.failure()).isEmpty();
        assertThat(answer.finish()).isEmpty();
        assertThat(answer.reasoningBlocks()).extracting(ReasoningBlock::text).containsExactly("hm");
        assertThat(answer.toolCalls()).containsExactly(new DecodedAnswer.Call("toolu_a", "now", "{}"));
    }

    @Test
    @DisplayName("T26: message_stop without an answer is a failure")
    void aStopWithoutAnAnswerIsEarly() {
        for (String[] answer : new String[][] {{STOP}, {START, STOP}, {START, blockStart(0, "{\"type\":\"text\"}"), STOP}}) {
            assertThat(new Events().answer(answer).failure()).contains(new Failure.ClosedEarly(
                    "provider 'claudia' ended its stream without an answer"));
        }
        assertThat(events.answer(START, finish("max_tokens"), STOP).failure()).isEmpty();
    }

    @Test
    void errorBesideTheEventsIsTheReasonOfAnEarlyEnd() {
        events.reader.unframed(
                "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}");

        assertThatThrownBy(() -> events.reader.end(events.chunks::add)).isInstanceOfSatisfying(LlmException.class,
                e -> assertThat(e.failure()).isInstanceOf(Failure.RateLimited.class));
    }
}
