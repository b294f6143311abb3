package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A conversation that Claude or Gemini began, and that an OpenAI-compatible server goes on with. */
class OthersReasoningTest {

    private static final String USER = "{\"role\":\"user\",\"content\":\"Hi\"}";
    private static final String CLAUDE = """
            {"role":"assistant","content":"a","reasoning_content":"t","reasoning_details":[
              {"type":"reasoning.text","text":"t","signature":"%sc2ln"},
              {"type":"reasoning.encrypted","data":"%sc2Vh"}]}""";
    private static final String GEMINI = """
            {"role":"assistant","content":null,"reasoning_content":"t","reasoning_details":[
              {"type":"reasoning.text","text":"t","signature":"%sc2ln"}],"tool_calls":[
              {"id":"1","type":"function","function":{"name":"f","arguments":"{}"},
               "extra_content":{"google":{"thought_signature":"s"}}},
              {"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]}""";
    private static final String MARKED = CLAUDE.formatted("anthropic:claude-x-1:", "anthropic:claude-x-1:");

    private static UpstreamRequest write(String model, String... messages) {
        return OpenAiRequestWriter.write(request(messages), new Upstream("p1", model, ApiKey.NONE, ""));
    }

    private static LlmRequest request(String... messages) {
        return OpenAiRequestReader.read(
                JsonText.parseObject("{\"model\":\"m\",\"messages\":[" + String.join(",", messages) + "]}"));
    }

    private static JsonArray messages(UpstreamRequest request) {
        return JsonText.parseObject(request.body()).getJsonArray("messages");
    }

    private static JsonArray array(String... messages) {
        return JsonText.parseObject("{\"m\":[" + String.join(",", messages) + "]}").getJsonArray("m");
    }

    @Test
    @DisplayName("T39: a server that takes only members it knows is sent nothing of another model's thoughts")
    void othersAreSparedIt() {
        UpstreamRequest request = write("mistral-large-latest", USER, MARKED, USER, GEMINI.formatted("google:"));

        assertThat(messages(request)).isEqualTo(array(USER, "{\"role\":\"assistant\",\"content\":\"a\"}", USER, """
                {"role":"assistant","content":null,"tool_calls":[
                  {"id":"1","type":"function","function":{"name":"f","arguments":"{}"}},
                  {"id":"2","type":"function","function":{"name":"g","arguments":"{}"}}]}"""));
        assertThat(request.dropped()).containsExactly("messages[1].reasoning_details", "messages[3].reasoning_details",
                "messages[3].tool_calls[0].extra_content");
    }

    @Test
    @DisplayName("T39: the same family of models gets it back as it made it, without our marks")
    void theirOwnGoesBackUnmarked() {
        UpstreamRequest claude = write("anthropic/claude-x-1", USER, MARKED);
        UpstreamRequest gemini = write("gemini-9", USER, GEMINI.formatted("google:"));

        assertThat(messages(claude)).isEqualTo(array(USER, CLAUDE.formatted("", "")));
        assertThat(messages(gemini)).isEqualTo(array(USER, GEMINI.formatted("")));
        assertThat(claude.dropped()).isEmpty();
        assertThat(gemini.dropped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepseek-v4", "moonshotai/Kimi-K2.6"})
    @DisplayName("who insists on the plain words of calls that come back is given them")
    void plainWordsStayForWhoInsists(String model) {
        JsonObject told = messages(write(model, USER, GEMINI.formatted("google:"))).getJsonObject(1);

        assertThat(told.getString("reasoning_content")).isEqualTo("t");
        assertThat(told.toString()).doesNotContain("google:", "extra_content");
    }

    @Test
    void aFamilysNameIsKnownInAnyCase() {
        assertThat(write("Gemini-9", USER, GEMINI.formatted("google:")).dropped()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("what bears no mark of ours is the client's and its provider's own affair")
    @CsvSource(delimiter = '|', textBlock = """
            {"role":"assistant","content":"a","reasoning_content":"thoughts that DeepSeek wants back"}
            {"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.summary","summary":"s"},7]}
            {"role":"assistant","content":"a","reasoning_details":[]}
            {"role":"assistant","content":"a","reasoning_details":null,"tool_calls":null}
            {"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"},"extra_content":{"x":1}}]}
            """)
    void allElseGoesAsItCame(String message) {
        UpstreamRequest request = write("some-model", USER, message);

        assertThat(messages(request)).isEqualTo(array(USER, message));
        assertThat(request.dropped()).isEmpty();
    }

    @Test
    void onlyWhatIsOthersIsTakenOutOfADetailsList() {
        String own = "{\"type\":\"reasoning.summary\",\"summary\":\"s\"}";
        String mixed = "{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_details\":[%s]}";
        UpstreamRequest request = write("some-model", USER, mixed.formatted(own
                + ",{\"type\":\"reasoning.encrypted\",\"data\":\"google:c2Vh\"}"));

        assertThat(messages(request)).isEqualTo(array(USER, mixed.formatted(own)));
    }

    @Test
    @DisplayName("T39: nor is it sent where an answer that broke off is gone on with")
    void anAnswerThatIsGoneOnWith() {
        LlmRequest goingOn = request(USER, MARKED, USER).goingOn(new AnswerSoFar("Hel", Optional.of("Go on.")));
        UpstreamRequest request = OpenAiRequestWriter.write(goingOn, new Upstream("p1", "some-model", ApiKey.NONE, ""));

        assertThat(request.body()).contains("Hel", "Go on.").doesNotContain("claude-x-1", "reasoning");
    }
}
