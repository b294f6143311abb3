package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamingChunk;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a chunk goes on, letter for letter, and what is mended. */
class OpenAiForwardingTest {

    private static final String HI =
            "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}";
    private static final String STOP =
            "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String DONE = "[DONE]";

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}],\"obfuscation\":\"abc\","
        + "\"p\":\"xyz\"}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}  }]}          ",
        "{\"id\" : \"c1\", \"choices\" : [ {\"index\" : 0, \"delta\" : {\"content\" : \"Hi\"} } ] }",
        "{\"id\":\"c1\",\"usage\":null,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\u00e9 \\ud83d\\ude00 \\/ 😀\"}}]}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ud83d\"}}]}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}],\"deep\":{\"usage\":{\"a\":1},"
        + "\"error\":{}}}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"{\\\"usage\\\":{\\\"a\\\":1},\"}}]}",
        "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\\"error\\\":{}\"}}],\"error\":null}",
        "{\"id\":\"c1\",\"created\":\"today\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}",
        "{\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{}]}",
    })
    void aChunkGoesOnLetterForLetterBehindTheProvidersName(String chunk) {
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk, HI, STOP, DONE);

        assertThat(exchange.malformed()).isZero();
        assertThat(exchange.first()).isEqualTo("{\"provider\":\"testprovider\"," + chunk.substring(1));
    }

    @Test
    void aProviderThatNamesItselfKeepsItsWord() {
        String chunk = "{\"id\":\"c1\",\"provider\":\"Inner\",\"choices\":[{\"index\":0,"
                + "\"delta\":{\"content\":\"Hi\"}}]}";
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk, DONE);

        assertThat(exchange.first()).isEqualTo(chunk);
        assertThat(exchange.collected().getString("provider")).isEqualTo("Inner");
    }

    @Test
    void prettyPrintedDataBecomesOneLine() {
        OpenAiExchange exchange = OpenAiExchange.ofText("""
                data: {
                data:   "id": "c1",
                data:   "choices": [{"index": 0, "delta": {"content": "a\\nb"}}],
                data:   "usage": {
                data:     "prompt_tokens": 3
                data:   }
                data: }

                data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

                data: [DONE]

                """);

        assertThat(exchange.sent()).hasSize(4).allSatisfy(event -> assertThat(event).doesNotContain("\n"));
        assertThat(exchange.message().getString("content")).isEqualTo("a\nb");
        assertThat(exchange.collected().getJsonObject("usage").getInt("prompt_tokens")).isEqualTo(3);
    }

    @Test
    void aChoiceWithoutADeltaGetsAnEmptyOne() {
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"index\":0,\"finish_reason\":null,\"content_filter_offsets\":{\"end_offset\":9}}]}",
                "{\"choices\":[{\"index\":0,\"delta\":null}]}", HI, STOP, DONE);

        assertThat(exchange.sentChunks()).allSatisfy(chunk ->
                assertThat(chunk.getJsonArray("choices").getJsonObject(0).get("delta")).isInstanceOf(JsonObject.class));
        assertThat(exchange.first()).contains("\"content_filter_offsets\":{\"end_offset\":9}");
        assertThat(exchange.chunks().getFirst().speaks()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{ }", "{\"type\":\"ping\"}", "{\"choices\":null}"})
    void aChunkWithoutChoicesGetsAnEmptyList(String chunk) {
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk, HI, STOP, DONE);

        assertThat(exchange.sentChunks().getFirst().getJsonArray("choices")).isEmpty();
        assertThat(exchange.sentChunks().getFirst().getString("provider")).isEqualTo("testprovider");
    }

    @Test
    @DisplayName("T30: a finish that is said twice is sent once, and what stands beside the second is kept")
    void aRepeatedFinishIsSentOnce() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, STOP, STOP,
                "{\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"stop\"}]}", DONE);

        assertThat(exchange.sent()).hasSize(4).filteredOn(event -> event.contains("\"stop\"")).hasSize(1);
        assertThat(exchange.message().getString("content")).isEqualTo("Hi!");
    }

    @Test
    @DisplayName("T30: a finish on a chunk with content loses neither")
    void aFinishOnAChunkWithContentIsKept() {
        String chunk = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"44\"},\"finish_reason\":\"stop\"}]}";
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk, DONE);

        assertThat(exchange.first()).endsWith(chunk.substring(1));
        assertThat(exchange.reader().finished()).isTrue();
    }

    @Test
    @DisplayName("T30: an empty finish_reason is none")
    void anEmptyFinishReasonBecomesNull() {
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}", STOP, DONE);

        assertThat(exchange.first()).contains("\"finish_reason\":null");
        assertThat(exchange.collected().getJsonArray("choices").getJsonObject(0).getString("finish_reason"))
                .isEqualTo("stop");
    }

    @Test
    void contentPartsBecomeTextAndReasoning() {
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\","
                + "\"text\":\"Hm\"}]}]}}]}",
                "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":\"m.\"}]}}]}",
                "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"4\"},\"4\","
                + "{\"type\":\"reference\"}]}}]}",
                "{\"choices\":[{\"delta\":{\"content\":[]}}]}", STOP, DONE);

        assertThat(exchange.malformed()).isZero();
        assertThat(exchange.message().getString("reasoning_content")).isEqualTo("Hmm.");
        assertThat(exchange.message().getString("content")).isEqualTo("44");
        assertThat(exchange.chunks()).extracting(StreamingChunk::speaks).startsWith(true, true, true, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"role":"assistant","content":""}                       | false
            {"role":"assistant","content":null,"refusal":""}        | false
            {"reasoning_details":[]}                                | false
            {"content":"a"}                                         | true
            {"reasoning_content":"a","content":null}                | true
            {"reasoning":"a"}                                       | true
            {"refusal":"a"}                                         | true
            {"tool_calls":[]}                                       | false
            {"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]} | true
            {"function_call":{"name":"f"}}                          | true
            {"audio":{"id":"a"}}                                    | true
            """)
    void onlyRealTokensSpeak(String delta, boolean speaks) {
        OpenAiExchange exchange = OpenAiExchange.ofData("{\"choices\":[{\"index\":0,\"delta\":" + delta.strip()
                + "}]}");

        assertThat(exchange.chunks()).singleElement().extracting(StreamingChunk::speaks).isEqualTo(speaks);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "7", "[]", "{", "{\"choices\":[{]}", "{\"choices\":[null]}",
        "{\"choices\":[]} x",
        "{\"choices\":[{\"index\":-1,\"delta\":{}}]}", "{\"choices\":[{\"index\":2147483647,\"delta\":{}}]}",
        "{\"choices\":[{\"delta\":{\"content\":[7]}}]}", "{\"choices\":[{\"delta\":{\"tool_calls\":[null]}}]}",
        "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"})
    void whatIsNoChunkIsSkippedAndChangesNothing(String data) {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, data);

        assertThat(exchange.malformed()).isEqualTo(data.isEmpty() ? 0 : 1);
        assertThat(exchange.sent()).hasSize(1);
        assertThat(exchange.reader().finished()).isFalse();
        assertThat(OpenAiExchange.ofData(HI, data, STOP, DONE).failure()).isEmpty();
    }

    @Test
    @DisplayName("T41: id, time and model are the first that the provider tells")
    void theHeadIsWhatTheProviderTells() {
        OpenAiExchange exchange = OpenAiExchange.ofData("{\"id\":\"\",\"model\":\"\",\"created\":0,\"choices\":[]}",
                "{\"id\":\"c1\",\"model\":\"m-2024\",\"created\":5,\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}",
                "{\"id\":\"c2\",\"model\":\"other\",\"created\":6,\"choices\":[],\"usage\":{}}", DONE);

        JsonObject last = exchange.sentChunks().getLast();
        assertThat(last.getString("id")).isEqualTo("c1");
        assertThat(last.getString("model")).isEqualTo("m-2024");
        assertThat(last.getInt("created")).isEqualTo(5);
        assertThat(OpenAiExchange.ofData("{\"choices\":[]}").reader().head()).isEqualTo(OpenAiExchange.FALLBACK);
    }

    @Test
    void choicesStayApart() {
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,"
                + "\"delta\":{\"content\":\"x\"}}]}",
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"y\"},\"finish_reason\":\"length\"}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}", DONE);

        List<String> texts = exchange.collected().getJsonArray("choices").getValuesAs(JsonObject.class).stream()
                .map(choice -> choice.getJsonObject("message").getString("content") + choice.getString("finish_reason"))
                .toList();
        assertThat(texts).containsExactly("abstop", "xylength");
    }

    @Test
    void anEscapeOfALoneSurrogateIsJoinedAgainInACollectedAnswer() {
        OpenAiExchange exchange = OpenAiExchange.ofData("{\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"\\ude00\"},\"finish_reason\":\"stop\"}]}", DONE);

        assertThat(exchange.message().getString("content")).isEqualTo(JsonText.parse("[\"😀\"]").asJsonArray()
                .getString(0));
    }
}
