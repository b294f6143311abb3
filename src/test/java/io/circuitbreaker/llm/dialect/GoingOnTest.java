package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.dialect.anthropic.AnthropicDialect;
import io.circuitbreaker.llm.dialect.google.GoogleDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How each language asks a model to go on with an answer that broke off. */
class GoingOnTest {

    private static final OpenAiDialect OPENAI = new OpenAiDialect();
    private static final AnthropicDialect ANTHROPIC = new AnthropicDialect();
    private static final GoogleDialect GOOGLE = new GoogleDialect();

    private static final String PLAIN = "{\"role\":\"system\",\"content\":\"Be kind\"},"
            + "{\"role\":\"user\",\"content\":\"Hi\",\"unknown\":1}";

    private static LlmRequest request(String messages, String more) {
        return OPENAI.readRequest(JsonText.parseObject("{\"model\":\"m\",\"messages\":[" + messages + "]" + more + "}"));
    }

    private static LlmRequest prefilled(String messages, String text) {
        return request(messages, "").goingOn(new AnswerSoFar(text, Optional.empty()));
    }

    private static LlmRequest instructed(String messages, String text) {
        return request(messages, "").goingOn(new AnswerSoFar(text, Optional.of("Go on.")));
    }

    private static Upstream upstream(String model, PrefillForm form) {
        return new Upstream("p", model, ApiKey.NONE, "", StreamUsage.ALWAYS, Optional.ofNullable(form), Set.of());
    }

    private static JsonObject body(Dialect dialect, LlmRequest request, String model, PrefillForm form) {
        return JsonText.parseObject(dialect.request(request, upstream(model, form)).body());
    }

    private static JsonValue json(String text) {
        return JsonText.parse(text);
    }

    @Test
    @DisplayName("T20: OpenAI's models are asked in words, as the user, and the client's own messages stay as they are")
    void openAiInWords() {
        JsonObject body = body(OPENAI, instructed(PLAIN, "Hello "), "gpt-5", null);
        assertThat(body.get("messages")).isEqualTo(json("[" + PLAIN + """
                ,{"role":"assistant","content":"Hello "},{"role":"user","content":"Go on."}]"""));
        assertThat(body).containsOnlyKeys("model", "messages", "stream", "stream_options");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ASSISTANT              | {"role":"assistant","content":"Hello "}               | {}
            PREFIX                 | {"role":"assistant","content":"Hello ","prefix":true} | {}
            CONTINUE_FINAL_MESSAGE | {"role":"assistant","content":"Hello "}               | \
            {"continue_final_message":true,"add_generation_prompt":false}
            """)
    void compatibleServersAreToldAsConfigured(PrefillForm form, String last, String members) {
        JsonObject body = body(OPENAI, prefilled(PLAIN, "Hello "), "llama", form);
        assertThat(body.getJsonArray("messages")).hasSize(3);
        assertThat(body.getJsonArray("messages").getLast()).isEqualTo(json(last));
        assertThat(body).containsAllEntriesOf(JsonText.parseObject(members)).hasSize(
                4 + JsonText.parseObject(members).size());

        JsonObject inWords = body(OPENAI, instructed(PLAIN, "Hello "), "llama", form);
        assertThat(inWords.getJsonArray("messages").get(2)).isEqualTo(json("""
                {"role":"assistant","content":"Hello "}"""));
        assertThat(inWords).hasSize(4);
    }

    @Test
    void whatIsLeftOfTheLimitGoesWhereTheClientSetIt() {
        for (String name : new String[] {"max_tokens", "max_completion_tokens"}) {
            LlmRequest limited = request(PLAIN, ",\"" + name + "\":100,\"seed\":7");
            LlmRequest goingOn = limited.with(limited.sampling().withMaxTokens(60))
                    .goingOn(new AnswerSoFar("Hello", Optional.of("Go on.")));
            JsonObject body = body(OPENAI, goingOn, "gpt-5", null);
            assertThat(body.getInt(name)).isEqualTo(60);
            assertThat(body.getInt("seed")).isEqualTo(7);
            assertThat(body).hasSize(6);
            assertThat(body(ANTHROPIC, goingOn, "claude-sonnet-4-5", null).getInt("max_tokens")).isEqualTo(60);
            assertThat(body(GOOGLE, goingOn, "gemini-2.5-pro", null).getJsonObject("generationConfig")
                    .getInt("maxOutputTokens")).isEqualTo(60);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"He\"", "[{\"type\":\"text\",\"text\":\"He\"}]"})
    @DisplayName("an answer that the client itself began stays one message")
    void theClientsOwnBeginning(String content) {
        String begun = PLAIN + ",{\"role\":\"assistant\",\"content\":" + content + "}";
        JsonObject message = body(OPENAI, prefilled(begun, "llo"), "m", PrefillForm.PREFIX).getJsonArray("messages")
                .getJsonObject(2);
        assertThat(message.get("content")).isIn(json("\"Hello\""),
                json("[{\"type\":\"text\",\"text\":\"He\"},{\"type\":\"text\",\"text\":\"llo\"}]"));
        assertThat(message.getBoolean("prefix")).isTrue();
        assertThat(body(ANTHROPIC, prefilled(begun, "llo"), "claude-sonnet-4-5", null).getJsonArray("messages").getLast())
                .isEqualTo(json("{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]}"));
        assertThat(body(GOOGLE, prefilled(begun, "llo"), "gemini-2.5-pro", null).getJsonArray("contents").getLast())
                .isEqualTo(json("{\"role\":\"model\",\"parts\":[{\"text\":\"Hello\"}]}"));
    }

    @Test
    @DisplayName("Anthropic's last turn is the assistant's, without white space at its end, which the API refuses")
    void anthropicByItself() {
        JsonObject body = body(ANTHROPIC, prefilled(PLAIN, "Hello,\u00a0 \n\t"), "claude-sonnet-4-5", null);
        assertThat(body.get("messages")).isEqualTo(json("""
                [{"role":"user","content":[{"type":"text","text":"Hi"}]},
                 {"role":"assistant","content":[{"type":"text","text":"Hello,"}]}]"""));
    }

    @Test
    void anthropicInWords() {
        JsonObject body = body(ANTHROPIC, instructed(PLAIN, "Hello, "), "claude-opus-4-6", null);
        assertThat(body.get("messages")).isEqualTo(json("""
                [{"role":"user","content":[{"type":"text","text":"Hi"}]},
                 {"role":"assistant","content":[{"type":"text","text":"Hello, "}]},
                 {"role":"user","content":[{"type":"text","text":"Go on."}]}]"""));
        assertThat(body.get("system")).isEqualTo(json("[{\"type\":\"text\",\"text\":\"Be kind\"}]"));
    }

    @Test
    @DisplayName("Anthropic's newer models refuse a request that ends with the assistant")
    void anthropicsUserHasTheLastTurn() {
        LlmRequest begun = request(PLAIN + ",{\"role\":\"assistant\",\"content\":\"Hello, \"}", "");

        for (String model : new String[] {"claude-opus-4-6", "claude-haiku-5-5", "claude-newest"}) {
            assertThat(body(ANTHROPIC, begun, model, null).get("messages")).isEqualTo(json("""
                    [{"role":"user","content":[{"type":"text","text":"Hi"}]},
                     {"role":"assistant","content":[{"type":"text","text":"Hello, "}]},
                     {"role":"user","content":[{"type":"text","text":"Please go on."}]}]"""));
        }
        assertThat(body(ANTHROPIC, begun, "claude-sonnet-4-5", PrefillForm.NONE).getJsonArray("messages")).hasSize(3);
        assertThat(body(ANTHROPIC, begun, "claude-opus-4-6", PrefillForm.ASSISTANT).getJsonArray("messages")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "Hello,\\u00a0 \\n"                                             | [{"type":"text","text":"Hello,"}]
            [{"type":"text","text":"a "},{"type":"text","text":"b "}]       | \
            [{"type":"text","text":"a "},{"type":"text","text":"b"}]
            [{"type":"text","text":"a"},{"type":"text","text":"\\u00a0"}]    | [{"type":"text","text":"a"}]
            """)
    @DisplayName("The client's own beginning goes to Anthropic without white space at its end, too")
    void theClientsOwnBeginningEndsWithoutSpace(String content, String written) {
        LlmRequest begun = request(PLAIN + ",{\"role\":\"assistant\",\"content\":" + content + "}", "");

        assertThat(body(ANTHROPIC, begun, "claude-sonnet-4-5", null).getJsonArray("messages").getLast())
                .isEqualTo(json("{\"role\":\"assistant\",\"content\":" + written + "}"));
    }

    @Test
    void aBeginningOfNothingIsNone() {
        LlmRequest begun = request(PLAIN + ",{\"role\":\"assistant\",\"content\":\"\\u00a0\"}", "");

        assertThat(body(ANTHROPIC, begun, "claude-sonnet-4-5", null).getJsonArray("messages")).hasSize(1);
    }

    @Test
    void google() {
        assertThat(body(GOOGLE, prefilled(PLAIN, "Hello, "), "gemini-2.5-pro", null).get("contents")).isEqualTo(json("""
                [{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hello, "}]}]"""));
        assertThat(body(GOOGLE, instructed(PLAIN, "Hello, "), "gemini-2.5-pro", null).get("contents")).isEqualTo(json("""
                [{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hello, "}]},
                 {"role":"user","parts":[{"text":"Go on."}]}]"""));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            claude-sonnet-4-5-20250929, -,         '',                            TRIMMED
            claude-3-7-sonnet-20250219, -,         '',                            TRIMMED
            claude-haiku-4-5,           -,         '',                            TRIMMED
            claude-opus-4-6,            -,         '',                            NONE
            claude-sonnet-4-6,          -,         '',                            NONE
            claude-opus-5,              -,         '',                            NONE
            claude-newest,              -,         '',                            NONE
            another-vendors-model,      -,         '',                            TRIMMED
            claude-sonnet-4-5,          NONE,      '',                            NONE
            claude-opus-4-6,            ASSISTANT, '',                            TRIMMED
            claude-sonnet-4-5,          -,         ',"reasoning_effort":"low"',   NONE
            claude-sonnet-4-5,          ASSISTANT, ',"reasoning_effort":"low"',   NONE
            claude-sonnet-4-5,          -,         ',"reasoning_effort":"none"',  TRIMMED
            """)
    @DisplayName("Claude takes the beginning of its answer before 4.6, and while it does not think")
    void whichClaudeTakesIt(String model, PrefillForm form, String more, Prefill expected) {
        assertThat(ANTHROPIC.prefill(request(PLAIN, more), upstream(model, form))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,                      NONE,  EXACT
            NONE,                   NONE,  NONE
            ASSISTANT,              EXACT, EXACT
            PREFIX,                 EXACT, EXACT
            CONTINUE_FINAL_MESSAGE, EXACT, EXACT
            """)
    void whoElseTakesIt(PrefillForm form, Prefill openAi, Prefill google) {
        assertThat(OPENAI.prefill(request(PLAIN, ""), upstream("gpt-5", form))).isEqualTo(openAi);
        assertThat(GOOGLE.prefill(request(PLAIN, ""), upstream("gemini-3-pro", form))).isEqualTo(google);
    }

    @Test
    void anAnswerDoesNotReachALogByAccident() {
        assertThat(instructed(PLAIN, "my secret") + "" + new AnswerSoFar("my secret", Optional.empty()))
                .doesNotContain("secret");
    }
}
