package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Where a client marks its prompt for Anthropic's cache, the mark arrives; else the input costs its full price")
class CacheMarksTest {

    private static final String MARK = "\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}";

    private static UpstreamRequest written(String members) {
        return new AnthropicDialect().request(new OpenAiDialect().readRequest(
                JsonText.parseObject("{\"model\":\"m\",\"max_tokens\":9," + members + "}")),
                new Upstream("claudia", "claude-sonnet-4-5", ApiKey.NONE, ""));
    }

    private static JsonObject body(String members) {
        return JsonText.parseObject(written(members).body());
    }

    @Test
    void onPartsOfEachRole() {
        JsonObject body = body("""
                "messages":[{"role":"system","content":[{"type":"text","text":"A"},{"type":"text","text":"B",MARK}]},
                 {"role":"user","content":[{"type":"image_url","image_url":{"url":"https://e.org/i.png"},MARK},
                                           {"type":"text","text":"C"}]},
                 {"role":"assistant","content":[{"type":"text","text":"D",MARK}]},
                 {"role":"user","content":"E",MARK}]""".replace("MARK", MARK));

        assertThat(body.get("system")).hasToString("[{\"type\":\"text\",\"text\":\"A\"},"
                + "{\"type\":\"text\",\"text\":\"B\"," + MARK + "}]");
        assertThat(body.getJsonArray("messages")).extracting(message -> message.asJsonObject().getJsonArray("content")
                .getJsonObject(0).containsKey("cache_control")).containsExactly(true, true, true);
        assertThat(body.getJsonArray("messages").getJsonObject(0).getJsonArray("content").getJsonObject(1))
                .doesNotContainKey("cache_control");
    }

    @Test
    void onResultsOfTools() {
        JsonObject body = body("""
                "messages":[{"role":"user","content":"?"},
                 {"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},
                 {"role":"tool","tool_call_id":"1","content":"long",MARK}]""".replace("MARK", MARK));

        assertThat(body.getJsonArray("messages").getJsonObject(2).getJsonArray("content").getJsonObject(0).get("content"))
                .hasToString("[{\"type\":\"text\",\"text\":\"long\"," + MARK + "}]");
    }

    @Test
    void onToolsWhateverOthersStandBetweenThem() {
        JsonObject body = body("""
                "messages":[{"role":"user","content":"?"}],"tools":[{"type":"custom","custom":{"name":"c"}},
                 {"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"},MARK}]"""
                .replace("MARK", MARK));

        assertThat(body.getJsonArray("tools")).extracting(tool -> tool.asJsonObject().containsKey("cache_control"))
                .containsExactly(false, true);
    }

    @Test
    void onTheWholeRequest() {
        UpstreamRequest request = written("\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]," + MARK);

        assertThat(JsonText.parseObject(request.body()).get("cache_control"))
                .hasToString("{\"type\":\"ephemeral\",\"ttl\":\"1h\"}");
        assertThat(request.dropped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "\"ephemeral\"", "[]"})
    void whatIsNoMarkIsNotHandedOn(String value) {
        assertThat(written("\"messages\":[{\"role\":\"user\",\"content\":\"?\",\"cache_control\":" + value + "}]").body())
                .doesNotContain("cache_control");
    }
}
