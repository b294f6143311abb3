package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.sse.SseEvent;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiCollectorTest {

    private static final StreamHead HEAD = new StreamHead("msg_1", 1700000000, "claude-real", "p1");

    @Test
    @DisplayName("T41: a collected answer of another dialect has OpenAI's form, whole")
    void anAnswerOfAnotherDialectHasOpenAisForm() {
        String response = collect(List.of(StreamingChunk.of(Delta.START), StreamingChunk.of(Delta.reasoning("Hm")),
                StreamingChunk.of(Delta.finished(new ReasoningBlock("Hm", "s", ""))),
                StreamingChunk.of(Delta.content("H")),
                StreamingChunk.of(Delta.content("i")), StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP)),
                StreamingChunk.usage(TokenUsage.of(1, 2, 0, 1))));

        assertThat(response).doesNotContain("\n");
        assertThat(JsonText.parseObject(response)).isEqualTo(JsonText.parseObject("""
                {"id":"msg_1","object":"chat.completion","created":1700000000,"model":"claude-real","provider":"p1",
                "choices":[
                 {"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"reasoning_content":"Hm",
                  "reasoning_details":[{"type":"reasoning.text","text":"Hm","signature":"s"}]},
                  "logprobs":null,"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,
                 "prompt_tokens_details":{"cached_tokens":0},
                  "completion_tokens_details":{"reasoning_tokens":1}}}"""));
    }

    @Test
    void contentIsNullBesideToolCallsAndARefusal() {
        ToolCallDelta call = new ToolCallDelta(0, "a", "f", "{}", Optional.empty());

        assertThat(message(StreamingChunk.of(Delta.START), StreamingChunk.of(Delta.toolCall(call))).isNull("content"))
                .isTrue();
        assertThat(message(StreamingChunk.of(Delta.START),
                StreamingChunk.of(new Delta(false, "", "", "no", List.of(), Optional.empty()))).isNull("content"))
                .isTrue();
        assertThat(message(StreamingChunk.of(Delta.START)).getString("content")).isEmpty();
        assertThat(message(StreamingChunk.of(Delta.content("a")), StreamingChunk.of(Delta.toolCall(call)))
                .getString("content"))
                .isEqualTo("a");
    }

    @Test
    @DisplayName("T26: no finish and no usage are made up")
    void nothingIsMadeUp() {
        JsonObject answer = JsonText.parseObject(collect(List.of(StreamingChunk.of(Delta.content("a")))));

        assertThat(answer.getJsonArray("choices").getJsonObject(0).isNull("finish_reason")).isTrue();
        assertThat(answer).doesNotContainKey("usage");
    }

    @Test
    void theAnswerCanBeAskedForTwice() {
        OpenAiCollector collector = new OpenAiCollector(HEAD);
        collector.add(StreamingChunk.of(Delta.content("a")));

        assertThat(collector.response()).isEqualTo(collector.response());
    }

    @ParameterizedTest
    @DisplayName("members of a delta are put together by what they are")
    @CsvSource(delimiter = '|', textBlock = """
            {"content":"a"}                | {"content":"b"}             | {"content":"ab"}
            {"content":null}               | {"content":"b"}             | {"content":"b"}
            {"content":"a","refusal":""}   | {"content":"","refusal":""} | {"content":"a"}
            {"reasoning":"a","channel":"analysis"} | {"reasoning":"b","channel":"analysis"} | {"content":null,"reasoning":"ab","channel":"analysis"}
            {"content":"a","annotations":[{"n":1}]} | {"annotations":[{"n":2}]} | {"content":"a","annotations":[{"n":1},{"n":2}]}
            {"content":"a","token_id":1}   | {"content":"b","token_id":2} | {"content":"ab","token_id":2}
            {"function_call":{"name":"f","arguments":"{"}} | {"function_call":{"arguments":"}"}} | {"content":null,"function_call":{"name":"f","arguments":"{}"}}
            {"audio":{"id":"a","data":"AA"}} | {"audio":{"data":"BB","transcript":"x"}} | {"content":null,"audio":{"id":"a","data":"AABB","transcript":"x"}}
            {"content":"a","reasoning_details":[{"type":"t","index":0,"text":"a"}]} | {"reasoning_details":[{"type":"t","index":0,"text":"b","signature":"s"},{"type":"e","index":0,"data":"d"}]} | {"content":"a","reasoning_details":[{"type":"t","index":0,"text":"ab","signature":"s"},{"type":"e","index":0,"data":"d"}]}
            {"executed_tools":[{"index":0,"arguments":"x"}]} | {"executed_tools":[{"index":0,"arguments":"x","output":"y"}]} | {"content":null,"executed_tools":[{"index":0,"arguments":"x"},{"index":0,"arguments":"x","output":"y"}]}
            {"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"p("}}]} | {"tool_calls":[{"index":0,"custom":{"input":"1)"}}]} | {"content":null,"tool_calls":[{"id":"a","type":"custom","custom":{"name":"f","input":"p(1)"}}]}
            {"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]} | {"tool_calls":[{"index":0,"id":null,"function":{"name":null,"arguments":"{}"}}]} | {"content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}
            """)
    void membersOfADeltaArePutTogether(String first, String second, String expected) {
        OpenAiExchange exchange = OpenAiExchange.ofData("{\"choices\":[{\"index\":0,\"delta\":" + first + "}]}",
                "{\"choices\":[{\"index\":0,\"delta\":" + second + "}]}", "[DONE]");
        JsonObject defaults = JsonText.parseObject("{\"role\":\"assistant\",\"refusal\":null}");

        assertThat(exchange.message()).isEqualTo(JsonText.JSON.createObjectBuilder(defaults)
                .addAll(JsonText.JSON.createObjectBuilder(JsonText.parseObject(expected))).build());
    }

    @Test
    void membersOfAChoiceAndOfTheAnswerAreKept() {
        OpenAiExchange exchange = OpenAiExchange.ofData("""
                {"service_tier":"default","system_fingerprint":"fp","citations":["a"],"obfuscation":"xx",
                "choices":[{"index":0,
                "delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}],"refusal":null},"stop_reason":null,
                "message":{"content":"a"}}]}""".replace("\n", ""), """
                {"system_fingerprint":null,"citations":["a","b"],"choices":[{"index":0,"delta":{"content":"b"},
                "logprobs":{"content":[{"token":"b"}]},"stop_reason":7,"message":{"content":"ab"},
                "finish_reason":"stop"}]}"""
                .replace("\n", ""), "[DONE]");
        JsonObject answer = exchange.collected();

        assertThat(answer.getString("service_tier")).isEqualTo("default");
        assertThat(answer.getString("system_fingerprint")).isEqualTo("fp");
        assertThat(answer.getJsonArray("citations")).hasSize(2);
        assertThat(answer).doesNotContainKey("obfuscation");
        assertThat(answer.getJsonArray("choices").getJsonObject(0)).isEqualTo(JsonText.parseObject("""
                {"index":0,"message":{"role":"assistant","content":"ab","refusal":null},
                 "logprobs":{"content":[{"token":"a"},{"token":"b"}],"refusal":null},"stop_reason":7,
                 "finish_reason":"stop"}"""));
    }

    @RepeatedTest(50)
    @DisplayName("an answer collected from what was forwarded equals the one collected from what was decoded")
    void forwardedAndDecodedAnswersAreEqual(RepetitionInfo repetition) {
        List<StreamingChunk> decoded = randomAnswer(new Random(repetition.getCurrentRepetition()));
        OpenAiChunkWriter writer = new OpenAiChunkWriter(HEAD, true);
        OpenAiChunkReader reader = new OpenAiChunkReader(new StreamHead("other", 1, "other", "p1"), 1);
        List<StreamingChunk> forwarded = new ArrayList<>();
        List<String> events = new ArrayList<>();
        decoded.forEach(chunk -> writer.write(chunk, events::add));
        writer.end(events::add);
        events.forEach(event -> reader.read(new SseEvent(SseEvent.DEFAULT_TYPE, event, ""), forwarded::add));

        assertThat(reader.done()).isTrue();
        assertThat(reader.head()).isEqualTo(HEAD);
        assertThat(JsonText.parseObject(collect(forwarded))).isEqualTo(JsonText.parseObject(collect(decoded)));
        assertThat(forwarded.stream().filter(StreamingChunk::speaks).count())
                .isEqualTo(decoded.stream().filter(StreamingChunk::speaks).count());
    }

    @Test
    void imagesAreListedBesideTheText() {
        JsonObject message = message(StreamingChunk.of(Delta.START), StreamingChunk.of(Delta.content("Two:")),
                StreamingChunk.of(Delta.image(new Media.Inline("image/png", "AA=="))),
                StreamingChunk.of(Delta.image(new Media.Inline("image/webp", "BB=="))));
        assertThat(message.getString("content")).isEqualTo("Two:");
        assertThat(message.getJsonArray("images").getValuesAs(JsonObject.class))
                .extracting(image -> image.getJsonObject("image_url").getString("url"))
                .containsExactly("data:image/png;base64,AA==", "data:image/webp;base64,BB==");
    }

    private static List<StreamingChunk> randomAnswer(Random random) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(StreamingChunk.of(Delta.START)));
        int calls = 0;
        for (int i = random.nextInt(20); i >= 0; i--) {
            String text = random.ints(random.nextInt(1, 9), 0, 0x2FFF).collect(StringBuilder::new,
                    StringBuilder::appendCodePoint, StringBuilder::append).toString();
            chunks.add(StreamingChunk.of(switch (random.nextInt(6)) {
                case 0 -> Delta.reasoning(text);
                case 1 -> new Delta(false, "", "", text, List.of(), Optional.empty());
                case 2 -> Delta.toolCall(new ToolCallDelta(calls++, "id" + calls, "f" + calls, text, Optional.empty()));
                case 3 -> calls == 0 ? Delta.EMPTY
                        : Delta.toolCall(new ToolCallDelta(random.nextInt(calls), "", "", text, Optional.empty()));
                case 4 -> Delta.finished(new ReasoningBlock(text, "s", ""));
                default -> Delta.content(text);
            }));
        }
        chunks.add(StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP)));
        chunks.add(StreamingChunk.usage(TokenUsage.of(random.nextInt(99), random.nextInt(99), 0, 0)));
        return chunks;
    }

    private static JsonObject message(StreamingChunk... chunks) {
        return JsonText.parseObject(collect(List.of(chunks))).getJsonArray("choices").getJsonObject(0)
                .getJsonObject("message");
    }

    private static String collect(List<StreamingChunk> chunks) {
        OpenAiCollector collector = new OpenAiCollector(HEAD);
        chunks.forEach(collector::add);
        return collector.response();
    }
}
