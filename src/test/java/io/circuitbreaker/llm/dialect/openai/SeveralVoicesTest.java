package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.Voice;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer in which several speak, each with a choice: in one stream, and in one document. */
class SeveralVoicesTest {

    private static final StreamHead ALL = new StreamHead("chatcmpl-all", 1700000000, "m1, m2", "p1, p2");
    private static final Voice FIRST = new Voice(0, new StreamHead("chatcmpl-a", 1, "m1", "p1"));
    private static final Voice SECOND = new Voice(1, new StreamHead("chatcmpl-b", 2, "m2", "p2"));

    static Stream<RecordedStream> recordings() {
        return OpenAiRecordedTest.recordings();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aForwardedChunkOnlyChangesItsIdAndItsChoice(RecordedStream recorded) {
        WireVoice wireVoice = new WireVoice("chatcmpl-all");
        for (StreamingChunk chunk : OpenAiExchange.of(recorded.bytes()).chunks()) {
            chunk.wire().ifPresent(wire -> assertThat(JsonText.parseObject(wireVoice.speak(wire.json(), SECOND)))
                    .isEqualTo(secondChoice(JsonText.parseObject(wire.json()))));
        }
    }

    private static JsonObject secondChoice(JsonObject chunk) {
        JsonArrayBuilder choices = Json.createArrayBuilder();
        for (JsonValue choice : chunk.getJsonArray("choices")) {
            choices.add(Json.createObjectBuilder(choice.asJsonObject()).add("index", 1));
        }
        return Json.createObjectBuilder(chunk).add("id", "chatcmpl-all").add("choices", choices).build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"choices\":[{\"delta\":{}}]}"
                + " | {\"id\":\"chatcmpl-all\",\"choices\":[{\"index\":1,\"delta\":{}}]}",
        "{\"choices\":[{\"delta\":{\"index\":7},\"index\":0},{\"delta\":{}}],\"x\":1}"
                + " | {\"id\":\"chatcmpl-all\",\"choices\":[{\"delta\":{\"index\":7},\"index\":1},{\"index\":1,\"delta\":{}}],\"x\":1}",
        "{ \"id\" : null , \"choices\" : [ { \"index\" : 0 , \"delta\" : {} } ] }"
                + " | { \"id\" : \"chatcmpl-all\" , \"choices\" : [ { \"index\" : 1 , \"delta\" : {} } ] }",
        "{\"model\":\"m\",\"choices\":[]} | {\"id\":\"chatcmpl-all\",\"model\":\"m\",\"choices\":[]}"})
    void whatIsNotThereIsAddedAndAllElseStays(String chunk, String spoken) {
        assertThat(new WireVoice("chatcmpl-all").speak(chunk, SECOND)).isEqualTo(spoken);
    }

    private static StreamingChunk forwarded(String json) {
        return StreamingChunk.forwarded(new StreamingChunk.Wire("openai", json, _ -> List.of()), true);
    }

    private static List<StreamingChunk> conversation() {
        return List.of(
                forwarded("""
                        {"provider":"p1","id":"a","model":"m1-actual","choices":[{"index":0,"delta":{"content":"Hel"}}]}""")
                        .by(FIRST),
                StreamingChunk.of(Delta.content("Guten ")).by(SECOND),
                forwarded("""
                        {"provider":"p1","id":"a","model":"m1-actual","choices":[{"index":0,"delta":{"content":"lo"},\
                        "finish_reason":"stop"}]}""").by(FIRST),
                StreamingChunk.of(Delta.content("Tag")).by(SECOND),
                StreamingChunk.of(StreamingChoice.failed(new Failure.ClosedEarly("cut"))).by(SECOND),
                StreamingChunk.usage(TokenUsage.of(3, 4, 0, 0)));
    }

    @Test
    void eachChunkSaysWhoSpeaks() {
        OpenAiChunkWriter writer = new OpenAiChunkWriter(ALL, true);
        List<String> sent = new ArrayList<>();
        conversation().forEach(chunk -> writer.write(chunk, sent::add));
        writer.end(sent::add);

        assertThat(sent).hasSize(7).last().isEqualTo("[DONE]");
        List<JsonObject> chunks = sent.subList(0, 6).stream().map(JsonText::parseObject).toList();
        assertThat(chunks).extracting(chunk -> chunk.getString("id")).containsOnly("chatcmpl-all");
        assertThat(chunks).extracting(chunk -> chunk.getString("provider") + "/" + chunk.getString("model"))
                .containsExactly("p1/m1-actual", "p2/m2", "p1/m1-actual", "p2/m2", "p2/m2", "p1, p2/m1, m2");
        assertThat(chunks.subList(0, 5)).extracting(chunk -> choice(chunk).getInt("index")).containsExactly(0, 1, 0, 1, 1);
        assertThat(choice(chunks.get(4))).isEqualTo(JsonText.parseObject("""
                {"index":1,"delta":{},"finish_reason":"error","error":{"message":"cut","type":"upstream_error",
                "param":null,"code":"stream_closed_early"}}"""));
        assertThat(chunks.get(5).getJsonObject("usage").getInt("total_tokens")).isEqualTo(7);
    }

    @Test
    void aDocumentSaysOfEachChoiceWhoseItIs() {
        OpenAiCollector collector = new OpenAiCollector(ALL);
        conversation().forEach(collector::add);
        JsonObject whole = JsonText.parseObject(collector.response());

        assertThat(whole.getString("id")).isEqualTo("chatcmpl-all");
        assertThat(whole.getString("provider")).isEqualTo("p1, p2");
        assertThat(whole.getString("model")).isEqualTo("m1, m2");
        JsonObject first = whole.getJsonArray("choices").getJsonObject(0);
        assertThat(first.getJsonObject("message").getString("content")).isEqualTo("Hello");
        assertThat(first.getString("provider")).isEqualTo("p1");
        assertThat(first.getString("model")).isEqualTo("m1-actual");
        assertThat(first.getString("finish_reason")).isEqualTo(FinishReason.STOP.word());
        JsonObject second = whole.getJsonArray("choices").getJsonObject(1);
        assertThat(second.getJsonObject("message").getString("content")).isEqualTo("Guten Tag");
        assertThat(second.getString("provider")).isEqualTo("p2");
        assertThat(second.getString("finish_reason")).isEqualTo("error");
        assertThat(second.getJsonObject("error").getString("code")).isEqualTo("stream_closed_early");
    }

    private static JsonObject choice(JsonObject chunk) {
        return chunk.getJsonArray("choices").getJsonObject(0);
    }
}
