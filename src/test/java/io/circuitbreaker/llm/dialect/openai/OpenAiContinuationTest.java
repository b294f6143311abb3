package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets of an answer that another goes on with, and how forwarded chunks are read for that. */
class OpenAiContinuationTest {

    private static final StreamHead HEAD = new StreamHead("chatcmpl-1", 1700000000, "gpt-5-2025", "openai");
    private static final Continuation PART = new Continuation("openai/gpt-5", "closed early", "claude-real", "anthropic");

    private static List<StreamingChunk> answer() {
        return List.of(StreamingChunk.of(Delta.START), StreamingChunk.of(Delta.content("The")),
                StreamingChunk.of(Delta.content(" brown")).opening(PART), StreamingChunk.of(Delta.content(" fox")),
                StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP)),
                StreamingChunk.usage(TokenUsage.of(20, 3, 0, 0)));
    }

    private static List<JsonObject> sent() {
        List<String> events = new ArrayList<>();
        OpenAiChunkWriter writer = new OpenAiChunkWriter(HEAD, true);
        answer().forEach(chunk -> writer.write(chunk, events::add));
        writer.end(events::add);
        assertThat(events.removeLast()).isEqualTo("[DONE]");
        return events.stream().map(JsonText::parseObject).toList();
    }

    @Test
    @DisplayName("T41: one id and time throughout; from where another goes on, its name")
    void oneHeadAndTwoNames() {
        assertThat(sent()).hasSize(6).allSatisfy(chunk -> {
            assertThat(chunk.getString("id")).isEqualTo("chatcmpl-1");
            assertThat(chunk.getInt("created")).isEqualTo(1700000000);
        });
        assertThat(sent().stream().map(chunk -> chunk.getString("provider") + "/" + chunk.getString("model")))
                .containsExactly("openai/gpt-5-2025", "openai/gpt-5-2025", "anthropic/claude-real", "anthropic/claude-real",
                        "anthropic/claude-real", "anthropic/claude-real");
    }

    @Test
    void oneChunkSaysThatAnotherGoesOnAndItHasItsChoice() {
        List<JsonObject> said = sent().stream().filter(chunk -> chunk.containsKey("continuation")).toList();
        assertThat(said).hasSize(1);
        assertThat(said.getFirst().get("continuation")).isEqualTo(JsonText.parse(
                "{\"from\":\"openai/gpt-5\",\"reason\":\"closed early\"}"));
        assertThat(said.getFirst().getJsonArray("choices")).hasSize(1);
    }

    @Test
    void aWholeAnswerNamesWhoEndedItAndThoseBefore() {
        OpenAiCollector collector = new OpenAiCollector(HEAD);
        answer().forEach(collector::add);
        JsonObject whole = JsonText.parseObject(collector.response());

        assertThat(whole.getJsonArray("choices").getJsonObject(0).getJsonObject("message").getString("content"))
                .isEqualTo("The brown fox");
        assertThat(whole.getString("id")).isEqualTo("chatcmpl-1");
        assertThat(whole.getString("provider") + "/" + whole.getString("model")).isEqualTo("anthropic/claude-real");
        assertThat(whole.get("continuations")).isEqualTo(JsonText.parse(
                "[{\"from\":\"openai/gpt-5\",\"reason\":\"closed early\"}]"));
        assertThat(whole).doesNotContainKey("continuation");
        assertThat(whole.getJsonObject("usage").getInt("total_tokens")).isEqualTo(23);
    }

    @Test
    void anAnswerOfOnePartSaysNothingOfParts() {
        OpenAiCollector collector = new OpenAiCollector(HEAD);
        collector.add(StreamingChunk.of(Delta.content("x")));
        assertThat(collector.response()).doesNotContain("continuation");
    }

    @Test
    void forwardedChunksCanBeDecoded() {
        List<StreamingChoice> choices = OpenAiExchange.ofData("""
                {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"a\\"\\u00e9","reasoning":"b",\
                "refusal":null,"tool_calls":[{"index":0,"id":"i","type":"function","function":{"name":"f",\
                "arguments":"{"},"extra_content":{"x":1}}]},"finish_reason":"length"}]}""").chunks().getFirst().decoded();
        assertThat(choices).containsExactly(new StreamingChoice(0, new Delta(true, "a\"\u00e9", "b", "",
                List.of(new ToolCallDelta(0, "i", "f", "{", Optional.of(JsonText.parseObject("{\"x\":1}")))),
                Optional.empty()), Optional.of(FinishReason.LENGTH)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"function_call\":{\"name\":\"f\"}}", "{\"audio\":{\"id\":\"a\"}}"})
    @DisplayName("T19: what says something in a form that has no word of ours is not taken for nothing")
    void whatCannotBeDecodedIsNotNothing(String delta) {
        StreamingChunk chunk = OpenAiExchange.ofData("{\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}")
                .chunks().getFirst();
        assertThat(chunk.speaks()).isTrue();
        assertThatThrownBy(chunk::decoded).isInstanceOfSatisfying(LlmException.class,
                e -> assertThat(e.failure()).isInstanceOf(Failure.Malformed.class));
    }

    static Stream<RecordedStream> recordings() {
        return OpenAiRecordedTest.recordings();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("Every chunk of every recorded stream can be decoded, to the text that it says")
    void recordedChunksCanBeDecoded(RecordedStream recorded) {
        OpenAiExchange exchange = OpenAiExchange.of(recorded.bytes());
        StringBuilder text = new StringBuilder();
        for (StreamingChunk chunk : exchange.chunks()) {
            chunk.decoded().stream().filter(choice -> choice.index() == 0)
                    .forEach(choice -> text.append(choice.delta().content()));
            // Not the other way round: a list of content parts may have no text in it.
            assertThat(chunk.decoded().stream().noneMatch(choice -> choice.delta().speaks()) || chunk.speaks()).isTrue();
        }
        if (exchange.failure().isEmpty()) {
            assertThat(text.toString()).isEqualTo(exchange.message().getString("content", ""));
        }
    }
}
