package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.ADAPTIVE_MODEL;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.BUDGET_MODEL;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.request;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicRequestTest {

    @Test
    void dialectNamesItselfAndItsVendor() {
        AnthropicDialect dialect = new AnthropicDialect();

        assertThat(dialect.name()).isEqualTo("anthropic");
        assertThat(dialect.defaultBaseUrl()).isEqualTo("https://api.anthropic.com");
    }

    @Test
    void smallestRequestIsAStreamWithALimit() {
        UpstreamRequest written = request().written();

        assertThat(written.path()).isEqualTo("/v1/messages");
        assertThat(written.body()).isEqualTo("{\"model\":\"" + BUDGET_MODEL + "\",\"max_tokens\":8192,\"messages\":"
                + "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]}],\"stream\":true}");
        assertThat(written.dropped()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'',x-api-key,sk-1", "api-key,api-key,sk-1", "Authorization,Authorization,Bearer sk-1"})
    void keyGoesIntoItsHeader(String configured, String header, String value) {
        assertThat(request().written(new ApiKey("sk-1"), configured).headers()).containsEntry(header, value).hasSize(4)
                .containsEntry("anthropic-version", "2023-06-01").containsEntry("content-type", "application/json")
                .containsEntry("accept", "text/event-stream");
    }

    @Test
    void withoutAKeyThereIsNoHeaderForIt() {
        assertThat(request().written(ApiKey.NONE, "").headers())
                .containsOnlyKeys("anthropic-version", "content-type", "accept");
    }

    @ParameterizedTest
    @CsvSource({"claude-3-opus-20240229,4096", "claude-3-5-haiku-20241022,8192", "claude-opus-4-6,8192",
        "claude-opus-5,24576", "claude-haiku-5-5,24576", "claude-opus-5-5,24576", "kimi-k2,8192"})
    void absentLimitIsOneThatTheModelTakes(String model, int limit) {
        assertThat(to(model).body().getInt("max_tokens")).isEqualTo(limit);
        assertThat(to(model).maxTokens(77).body().getInt("max_tokens")).isEqualTo(77);
    }

    @ParameterizedTest
    @CsvSource({"0,0.0", "0.7,0.7", "1,1.0", "1.7,1.0"})
    void temperatureIsHeldToAnthropicsRange(double wanted, String written) {
        assertThat(request().temperature(wanted).member("temperature")).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "claude-3-opus-20240229     | temperature,top_k,top_p |",
        "claude-opus-4-20250514     | temperature,top_k,top_p |",
        "claude-opus-4-1-20250805   | temperature,top_k       | top_p",
        "claude-sonnet-4-6          | temperature,top_k       | top_p",
        "claude-opus-4-7            |                         | temperature,top_k,top_p",
        "claude-fable-5             |                         | temperature,top_k,top_p",
        "claude-haiku-5-5           |                         | temperature,top_k,top_p",
        "claude-latest              |                         | temperature,top_k,top_p",
        "some-compatible-model      | temperature,top_k,top_p |"})
    void modelsGetTheSamplingThatTheyTake(String model, String sent, String dropped) {
        OpenAiRequests request = to(model).temperature(0.5).topP(0.9).topK(40);

        assertThat(request.body().keySet().stream().filter(name -> name.startsWith("t")).sorted())
                .containsExactly(names(sent));
        assertThat(request.dropped()).containsExactly(names(dropped));
    }

    @Test
    void defaultSamplingIsNotMissed() {
        assertThat(to("claude-opus-4-7").temperature(1).topP(1).dropped()).isEmpty();
    }

    @Test
    void stopsAndUserHaveTheirCounterparts() {
        OpenAiRequests request = request().stop("END", " \n").user("u-1");

        assertThat(request.member("stop_sequences")).isEqualTo("[\"END\"]");
        assertThat(request.member("metadata")).isEqualTo("{\"user_id\":\"u-1\"}");
        assertThat(request.dropped()).containsExactly("stop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann@example.org", "key of ann@example.org", "+49 (0)30 1234-567", "030 1234567",
        "00493012345678"})
    void userWhoCanBeRecognizedIsNamedInstead(String user) {
        assertThat(request().user(user).body()).doesNotContainKey("metadata");
        assertThat(request().user(user).dropped()).containsExactly("user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"u@", "@ann", "12345", "123456789012345678", "1234567-a",
        "0b6bc3c8-9d3f-4c2a-8f0e-1f2d3c4b5a69"})
    void userInSomebodysOwnWordsIsNot(String user) {
        assertThat(request().user(user).body().getJsonObject("metadata").getString("user_id")).isEqualTo(user);
    }

    @Test
    void userIsHeldToAnthropicsLength() {
        assertThat(request().user("u".repeat(256)).dropped()).isEmpty();
        assertThat(request().user("u".repeat(257)).body()).doesNotContainKey("metadata");
        assertThat(request().user("u".repeat(257)).dropped()).containsExactly("user");
    }

    @ParameterizedTest
    @CsvSource({"auto,auto", "default,standard_only"})
    void serviceTierIsTranslated(String wanted, String written) {
        assertThat(request().source("{\"service_tier\":\"" + wanted + "\"}").body().getString("service_tier"))
                .isEqualTo(written);
    }

    @Test
    void unknownParametersAreNamedOnceInOrder() {
        assertThat(request().source("""
                {"model":"m","messages":[],"stream":true,"stream_options":{},"zeta":1,"seed":1,"n":2,"logprobs":true,
                "top_logprobs":2,"logit_bias":{"1":1},"frequency_penalty":0.5,"presence_penalty":0.5,
                "metadata":{"a":"b"},
                "store":true,"service_tier":"flex","modalities":["text"],"prediction":null,
                "tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{}}]}""").dropped())
                .containsExactly("frequency_penalty", "logit_bias", "logprobs", "metadata", "modalities", "n",
                        "presence_penalty", "seed", "service_tier", "store", "tools[1]", "top_logprobs", "zeta");
    }

    @Test
    void defaultsOfParametersAreNotMissed() {
        OpenAiRequests request = request().source("""
                {"n":1,"logprobs":false,"store":false,"frequency_penalty":0,"presence_penalty":0.0}""");

        assertThat(request.dropped()).isEmpty();
    }

    @Test
    void schemaOfTheAnswerIsPassedOn() {
        ResponseFormat format = new ResponseFormat.JsonSchema("city", JsonText.parseObject("{\"type\":\"object\"}"),
                true);

        assertThat(request().format(format).member("output_config"))
                .isEqualTo("{\"format\":{\"type\":\"json_schema\",\"schema\":"
                        + "{\"type\":\"object\",\"additionalProperties\":false}}}");
        assertThat(to(ADAPTIVE_MODEL).format(format).effort("low").body().getJsonObject("output_config"))
                .containsOnlyKeys("effort", "format");
    }

    @Test
    void anyJsonCannotBeAskedFor() {
        assertThat(request().format(new ResponseFormat.AnyJson()).dropped()).containsExactly("response_format");
        assertThat(request().format(new ResponseFormat.PlainText()).dropped()).isEmpty();
    }

    @Test
    void toolsAreDeclaredWithASchema() {
        OpenAiRequests request = request().tool("now").with(new ToolDefinition("look", Optional.of("Looks."),
                Optional.of(JsonText.parseObject("{\"properties\":{\"at\":{}}}")), true));

        assertThat(request.member("tools")).isEqualTo("[{\"name\":\"now\",\"input_schema\":"

                + "{\"type\":\"object\",\"properties\":{}}},{\"name\":\"look\",\"description\":\"Looks.\","
                + "\"input_schema\":"
                + "{\"type\":\"object\",\"properties\":{\"at\":{}},\"additionalProperties\":false},\"strict\":true}]");
        assertThat(request.body()).doesNotContainKey("tool_choice");
    }

    @Test
    void onlyStrictToolsAreHeldToWhatAGrammarCanHold() {
        Optional<JsonObject> schema = Optional.of(JsonText.parseObject("{\"type\":\"object\",\"minProperties\":1}"));
        OpenAiRequests request = request().with(new ToolDefinition("a", Optional.empty(), schema, true))
                .with(new ToolDefinition("b", Optional.empty(), schema, false));

        assertThat(request.member("tools")).isEqualTo("[{\"name\":\"a\",\"input_schema\":{\"type\":\"object\","
                + "\"description\":\"{\\\"minProperties\\\":1}\",\"additionalProperties\":false},\"strict\":true},"
                + "{\"name\":\"b\",\"input_schema\":{\"type\":\"object\",\"minProperties\":1}}]");
    }

    @Test
    void strictToolsOfOlderModelsAreNamed() {
        OpenAiRequests request = to("claude-sonnet-4-20250514")
                .with(new ToolDefinition("look", Optional.empty(), Optional.empty(), true));

        assertThat(request.member("tools")).doesNotContain("strict");
        assertThat(request.dropped()).containsExactly("tools[0].function.strict");
    }

    static Stream<Arguments> choices() {
        return Stream.of(Arguments.of(new ToolChoice.Auto(), true, "{\"type\":\"auto\"}"),
                Arguments.of(new ToolChoice.Auto(), false, "{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"),
                Arguments.of(new ToolChoice.None(), false, "{\"type\":\"none\"}"),
                Arguments.of(new ToolChoice.Required(), true, "{\"type\":\"any\"}"),
                Arguments.of(new ToolChoice.Function("now"), false,
                        "{\"type\":\"tool\",\"name\":\"now\",\"disable_parallel_tool_use\":true}"));
    }

    @ParameterizedTest
    @MethodSource("choices")
    void choiceOfToolsIsTranslated(ToolChoice choice, boolean parallel, String written) {
        assertThat(request().tool("now").choice(choice).parallel(parallel).member("tool_choice")).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1", "claude-mythos-5-1", "claude-mythos-preview"})
    void modelsThatCannotBeMadeToCallAToolAreGivenTheChoice(String model) {
        OpenAiRequests request = to(model).tool("now").choice(new ToolChoice.Function("now"));

        assertThat(request.member("tool_choice")).isEqualTo("{\"type\":\"auto\"}");
        assertThat(request.dropped()).containsExactly("tool_choice");
        assertThat(request.parallel(false).member("tool_choice"))
                .isEqualTo("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}");
        assertThat(request.choice(new ToolChoice.None()).member("tool_choice")).isEqualTo("{\"type\":\"none\"}");
        assertThat(request.dropped()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5", "claude-fable-5", "claude-haiku-5-5", "claude-haiku-4-5", "kimi-k2", "claude-in-house"})
    void othersCanBeMadeToCallATool(String model) {
        OpenAiRequests request = to(model).tool("now").choice(new ToolChoice.Required());

        assertThat(request.member("tool_choice")).isEqualTo("{\"type\":\"any\"}");
        assertThat(request.dropped()).isEmpty();
    }

    @Test
    void oneCallAtATimeNeedsNoChoice() {
        assertThat(request().tool("now").parallel(false).member("tool_choice"))
                .isEqualTo("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}");
    }

    @Test
    void choiceWithoutToolsIsLeftOut() {
        assertThat(request().choice(new ToolChoice.None()).body()).doesNotContainKeys("tools", "tool_choice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tool_choice\":{\"type\":\"custom\"}}",
            "{\"tool_choice\":{\"type\":\"allowed_tools\"}}"})
    void choiceThatWasNotUnderstoodIsNamed(String source) {
        assertThat(request().tool("now").source(source).dropped()).containsExactly("tool_choice");
    }

    private static String[] names(String list) {
        return list == null ? new String[0] : list.split(",");
    }
}
