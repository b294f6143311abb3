package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.TokenUsage;
import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where providers put usage, and where clients get it. */
class OpenAiUsageTest {

    private static final String HI =
            "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}";
    private static final String STOP =
            "{\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String DONE = "[DONE]";

    @ParameterizedTest
    @DisplayName("T40: usage is taken out wherever it stands, and the rest is untouched")
    @CsvSource(delimiter = '|', textBlock = """
            {"usage":{"prompt_tokens":1},"id":"c","choices":[{"delta":{}}]}      | {"id":"c","choices":[{"delta":{}}]}
            {"id":"c","usage":{"prompt_tokens":1},"choices":[{"delta":{}}]}      | {"id":"c","choices":[{"delta":{}}]}
            {"id":"c","choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}      | {"id":"c","choices":[{"delta":{}}]}
            { "usage" : {"prompt_tokens":1} , "choices":[{"delta":{}}]}          | {  "choices":[{"delta":{}}]}
            {"id":"c" , "usage" : { "prompt_tokens" : 1 } , "choices":[{"delta":{}}] } | {"id":"c"  , "choices":[{"delta":{}}] }
            {"choices":[{"delta":{}}] , "usage":{"prompt_tokens":1} }            | {"choices":[{"delta":{}}]  }
            {"usage":{"prompt_tokens":1,"x":"}\\",{"},"choices":[{"delta":{}}]}  | {"choices":[{"delta":{}}]}
            {"choices":[{"delta":{},"usage":{"a":1}}],"usage":{"prompt_tokens":1}} | {"choices":[{"delta":{},"usage":{"a":1}}]}
            """)
    void usageIsTakenOutOfAChunk(String chunk, String rest) {
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk.strip(), HI, STOP, DONE);

        assertThat(exchange.first()).isEqualTo("{\"provider\":\"testprovider\"," + rest.strip().substring(1));
        assertThat(exchange.chunks().getFirst().usage()).map(TokenUsage::prompt).contains(1L);
    }

    @Test
    @DisplayName("T40: of a usage on each chunk the last one is sent, once")
    void theLastOfACumulativeUsageIsSentOnce() {
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":5,"
                + "\"completion_tokens\":1}}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,"
                + "\"completion_tokens\":2}}",
                DONE);

        assertThat(exchange.sent()).filteredOn(event -> event.contains("usage")).hasSize(1);
        assertThat(exchange.sent().get(2))
                .endsWith(",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}");
        assertThat(exchange.sentWithoutUsage()).noneMatch(event -> event.contains("usage"));
    }

    @Test
    void usageThatOnlyGroqsExtensionHasIsRead() {
        String chunk = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\","
                + "\"usage\":{\"prompt_tokens\":7}}}";
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, chunk, DONE);

        assertThat(exchange.sent().get(1)).isEqualTo("{\"provider\":\"testprovider\"," + chunk.substring(1));
        assertThat(exchange.sent().get(2)).endsWith("\"usage\":{\"prompt_tokens\":7}}");
    }

    @Test
    void usageOfTheChunkGoesBeforeThatOfGroqsExtension() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, STOP,
                "{\"choices\":[],\"x_groq\":{\"usage\":{\"prompt_tokens\":7}},\"usage\":{\"prompt_tokens\":8}}", DONE);

        assertThat(exchange.collected().getJsonObject("usage").getInt("prompt_tokens")).isEqualTo(8);
    }

    @ParameterizedTest
    @DisplayName("A cost that we know is added, behind all that the provider wrote; its own is left as it is")
    @CsvSource(delimiter = '|', textBlock = """
            {"prompt_tokens":7, "x":{"y":1}} | {"prompt_tokens":7, "x":{"y":1},"cost":0.00012}
            {}                               | {"cost":0.00012}
            {"cost":0.5}                     | {"cost":0.5}
            {"cost":{"total":0.5}}           | {"cost":{"total":0.5}}
            {"cost":null}                    | {"cost":null}
            """)
    void aCostThatWeKnowIsAdded(String provider, String client) {
        assertThat(Usages.write(Usages.read(provider).withCost(new BigDecimal("0.000120")))).isEqualTo(client);
    }

    @Test
    void aTranslatedUsageHasItsCostToo() {
        assertThat(Usages.write(TokenUsage.of(1, 2, 0, 0).withCost(BigDecimal.ZERO))).endsWith("},\"cost\":0}");
        assertThat(Usages.write(TokenUsage.of(1, 2, 0, 0))).doesNotContain("cost");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.00234    | 0.00234
            -1         |
            1e999999   |
            1e-999999  |
            "0.1"      |
            {"a":1}    |
            """)
    void theProvidersOwnCostIsReadIfItIsMoney(String cost, BigDecimal read) {
        assertThat(Usages.read("{\"cost\":" + cost + "}").cost()).isEqualTo(Optional.ofNullable(read));
    }

    @Test
    void moderationBehindTheUsageChunkIsForwarded() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, STOP, "{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}",
                "{\"choices\":[],\"moderation\":{\"flagged\":false}}", DONE);

        assertThat(exchange.sent()).hasSize(5);
        assertThat(exchange.sentChunks().get(2)).containsKey("moderation");
        assertThat(exchange.sentChunks().get(3)).containsKey("usage");
        assertThat(exchange.collected()).containsKey("moderation");
    }
}
