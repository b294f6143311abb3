package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.Events.START;
import static io.circuitbreaker.llm.dialect.anthropic.Events.STOP;
import static io.circuitbreaker.llm.dialect.anthropic.Events.blockStart;
import static io.circuitbreaker.llm.dialect.anthropic.Events.blockStop;
import static io.circuitbreaker.llm.dialect.anthropic.Events.delta;
import static io.circuitbreaker.llm.dialect.anthropic.Events.finish;
import static io.circuitbreaker.llm.dialect.anthropic.Events.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicChunkReaderTest {

    /** The model that was asked: the answer may name it by another of its names. */
    private static final String OWN = "anthropic:asked:";

    private final Events events = new Events();

    @DisplayName("T41: one id for the whole stream and the model that really answers")
    @Test
    void messageStartNamesTheAnswer() {
        events.read(START);

        assertThat(events.reader.head()).isEqualTo(new StreamHead("msg_7", 42, "claude-x-9", "claudia"));
        assertThat(events.chunks).hasSize(2);
        assertThat(events.chunks.getFirst().choices().getFirst().delta().startsMessage()).isTrue();
        assertThat(events.chunks.getLast().usage()).contains(TokenUsage.of(16, 1, 3, 0));
        assertThat(events.chunks).noneMatch(StreamingChunk::speaks);
    }

    @DisplayName("T39: reasoning ends in a block that has its text and its signature")
    @Test
    void reasoningIsKeptWithItsSignature() {
        DecodedAnswer answer = events.answer(START,
                blockStart(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"),
                delta(0, "\"type\":\"thinking_delta\",\"thinking\":\"First \""),
                delta(0, "\"type\":\"thinking_delta\",\"thinking\":\"this.\""),
                delta(0, "\"type\":\"signature_delta\",\"signature\":\"c2ln\""), blockStop(0),
                blockStart(1, "{\"type\":\"redacted_thinking\",\"data\":\"aGlkZGVu\"}"), blockStop(1),
                blockStart(2, "{\"type\":\"text\",\"text\":\"\"}"), text(2, "So."), blockStop(2), finish("end_turn"),
                STOP);

        assertThat(answer.reasoning()).isEqualTo("First this.");
        assertThat(answer.text()).isEqualTo("So.");
        assertThat(answer.reasoningBlocks()).containsExactly(new ReasoningBlock("First this.", OWN + "c2ln", ""),
                new ReasoningBlock("", "", OWN + "aGlkZGVu"));
    }

    @Test
    void reasoningThatIsNotShownKeepsItsSignature() {
        DecodedAnswer answer = events.answer(START, blockStart(0, "{\"type\":\"thinking\",\"thinking\":\"\"}"),
                delta(0, "\"type\":\"signature_delta\",\"signature\":\"c2ln\""), blockStop(0), finish("end_turn"),
                STOP);

        assertThat(answer.reasoning()).isEmpty();
        assertThat(answer.reasoningBlocks()).containsExactly(new ReasoningBlock("", OWN + "c2ln", ""));
    }

    @DisplayName("T38: a piece whose block, or whose message, never started still follows the start of an answer")
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"type\":\"text_delta\",\"text\":\"hello\"         | hello | ''",
        "\"type\":\"thinking_delta\",\"thinking\":\"hello\" | ''    | hello"})
    void unannouncedPiecesFollowAStart(String delta, String text, String reasoning) {
        DecodedAnswer answer = events.answer(delta(0, delta), finish("end_turn"), STOP);

        assertThat(answer.chunks().getFirst().choices().getFirst().delta().startsMessage()).isTrue();
        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.reasoning()).isEqualTo(reasoning);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
            + "\"text\":\"héllo \\\"\\u00e9\\\"\"}}",
        "{\"delta\":{\"text\":\"héllo \\\"\\u00e9\\\"\",\"type\":\"text_delta\"},"
            + "\"index\":0,\"type\":\"content_block_delta\"}",
        "{\"index\":0,\"new\":{\"a\":[1,\"}\"]},\"delta\":{\"new\":null,\"text\":\"héllo \\\"é\\\"\","
            + "\"type\":\"text_delta\"},\"type\":\"content_block_delta\"}",
        "{ \"type\" : \"content_block_delta\" , \"index\" : 0 , \"delta\" : { \"type\" : \"text_delta\" ,"
            + " \"text\" : \"héllo \\\"é\\\"\" } }          "})
    void textIsFoundInAnyOrderOfMembersAndWithPadding(String data) {
        assertThat(events.answer(START, data, finish("end_turn"), STOP).text()).isEqualTo("héllo \"é\"");
    }

    @Test
    void typeMayStandInTheEventsNameOnly() {
        events.reader.read(new SseEvent("content_block_delta",
                "{\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}", ""), events.chunks::add);
        events.reader.read(new SseEvent("message_stop", "{}", ""), events.chunks::add);

        assertThat(events.chunks).hasSize(2);
        assertThat(events.reader.done()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"type\":\"ping\"}",
        "{\"type\":\"ping\"      }",
        "{\"type\":\"invented_later\",\"delta\":{\"text\":\"no\"}}",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
            + "{\"type\":\"citations_delta\",\"citation\":{\"a\":1}}}",
        "{\"type\":\"content_block_delta\",\"index\":9,\"delta\":{\"type\":\"invented_delta\",\"value\":\"no\"}}"})
    @DisplayName("T10: the pings of this language, like whatever has no meaning for us, may stand anywhere")
    void whatHasNoMeaningForUsMayStandAnywhere(String ignored) {
        DecodedAnswer answer = events.answer(ignored, START, ignored, ignored,
                blockStart(0, "{\"type\":\"text\",\"text\":\"\"}"),
                ignored, text(0, "a"), ignored, text(0, "b"), ignored, blockStop(0), ignored, finish("end_turn"),
                ignored,
                STOP);

        assertThat(answer.text()).isEqualTo("ab");
        assertThat(answer.toolCalls()).isEmpty();
        assertThat(answer.finish()).contains(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "[]", "\"secret\"", "{\"type\":\"content_block_delta\",\"delta\":\"secret\"}",
        "{\"type\":\"content_block_delta\",\"index\":\"secret\",\"delta\":{}}",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":[\"secret\"]}}",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"secret",
        "{\"type\":\"content_block_start\",\"index\":0}", "{\"type\":\"message_start\",\"message\":\"secret\"}",
        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":7}}", "{\"type\":\"message_delta\",\"delta\":secret}",
        "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":\"secret\"}}"})
    void whatIsNotTheProtocolIsMalformedAndNotQuoted(String data) {
        assertThatThrownBy(() -> events.read(data)).isInstanceOf(MalformedChunkException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void aMalformedEventDoesNotSpoilTheNext() {
        events.read(START);
        String cut = text(0, "secret").substring(0, 80);
        assertThatThrownBy(() -> events.read(cut))
                .isInstanceOf(MalformedChunkException.class);
        events.chunks.clear();

        events.read(text(0, "fine"));

        assertThat(events.chunks.getFirst().choices().getFirst().delta().content()).isEqualTo("fine");
    }

    @DisplayName("T39 T40: an answer in one document gives what a stream of it would")
    @Test
    void wholeAnswerIsReadLikeAStream() {
        events.reader.readWhole("""
                {"id":"msg_9","type":"message","role":"assistant","model":"claude-x-9","content":[
                 {"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"text","text":"Look:"},
                 {"type":"server_tool_use","id":"s","name":"web_search","input":{"q":"x"}},
                 {"type":"tool_use","id":"toolu_a","name":"left","input":{"x":[1,2]}},
                 {"type":"tool_use","id":"toolu_b","name":"now","input":{}}],
                 "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":4,"output_tokens":8}}""",
                events.chunks::add);

        assertThat(events.reader.head().id()).isEqualTo("msg_9");
        assertThat(events.reader.done()).isTrue();
        assertThat(events.chunks).flatExtracting(StreamingChunk::choices).flatExtracting(choice -> choice.delta()
                .toolCalls())
                .extracting(call -> call.arguments()).containsExactly("", "{\"x\":[1,2]}", "", "{}");
        assertThat(events.chunks).flatExtracting(StreamingChunk::choices)
                .anyMatch(choice -> choice.delta().content().equals("Look:"))
                .anyMatch(choice -> choice.delta().finished().equals(
                        Optional.of(new ReasoningBlock("Hm.", OWN + "c2ln", ""))))
                .anyMatch(choice -> choice.finish().equals(Optional.of(FinishReason.TOOL_CALLS)));
        assertThat(events.chunks.getLast().usage()).contains(TokenUsage.of(4, 8, 0, 0));
    }

    @Test
    void wholeErrorIsAFailure() {
        assertThatThrownBy(() -> events.reader.readWhole(
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
                events.chunks::add))
                .isInstanceOfSatisfying(LlmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(Failure.Overloaded.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{}", "{\"type\":\"completion\"}", "{\"type\":\"message\",\"content\":\"text\"}",
        "{\"type\":\"message\",\"content\":[1]}"})
    void anotherDocumentIsMalformed(String json) {
        assertThatThrownBy(() -> events.reader.readWhole(json, events.chunks::add))
                .isInstanceOf(MalformedChunkException.class);
    }
}
