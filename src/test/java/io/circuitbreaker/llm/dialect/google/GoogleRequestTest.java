package io.circuitbreaker.llm.dialect.google;

import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.body;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.dropped;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.json;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.request;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.upstream;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoogleRequestTest {

    private static final String MODEL = "gemini-2.5-flash";

    @ParameterizedTest
    @CsvSource({"gemini-2.5-flash, models/gemini-2.5-flash", "models/gemini-x, models/gemini-x",
        "tunedModels/mine-1, tunedModels/mine-1", "a/../b:c d?é, models/a%2F..%2Fb%3Ac%20d%3F%C3%A9",
        "models/../cachedContents, models/..%2FcachedContents"})
    void theModelIsPartOfThePathAndNothingElse(String model, String path) {
        assertThat(new GoogleDialect().request(request(user("Hi")), upstream(model)).path())
                .isEqualTo("/v1beta/" + path + ":streamGenerateContent?alt=sse");
    }

    static Stream<Arguments> keyHeaders() {
        return Stream.of(Arguments.of("", Map.of("x-goog-api-key", "k")), Arguments.of("X-Key", Map.of("X-Key", "k")),
                Arguments.of("Authorization", Map.of("Authorization", "Bearer k")));
    }

    @ParameterizedTest
    @MethodSource
    void keyHeaders(String configured, Map<String, String> expected) {
        UpstreamRequest sent = new GoogleDialect().request(request(user("Hi")),
                new Upstream("google", MODEL, new ApiKey("k"), configured));
        assertThat(sent.headers()).containsAllEntriesOf(expected).hasSize(3)
                .containsEntry("content-type", "application/json").containsEntry("accept", "text/event-stream");
        assertThat(sent.path() + sent.body()).doesNotContain("\"k\"", "key=");
    }

    @Test
    void withoutAKeyThereIsNoKeyHeader() {
        assertThat(new GoogleDialect().request(request(user("Hi")), new Upstream("google", MODEL, ApiKey.NONE, ""))
                .headers()).containsOnlyKeys("content-type", "accept");
    }

    @Test
    void samplingIsTranslated() {
        Sampling all = new Sampling(OptionalDouble.of(0.5), OptionalDouble.of(0.9), OptionalInt.of(40),
                OptionalInt.of(100), List.of("a", "b"), OptionalLong.of(7), OptionalDouble.of(0.1),
                OptionalDouble.of(0.2), 2, true, OptionalInt.of(3));
        JsonObject body = body(with(all, Optional.empty(), Optional.empty()), MODEL);
        assertThat(body.get("generationConfig")).isEqualTo(json("""
                {"temperature":0.5,"topP":0.9,"topK":40,"maxOutputTokens":100,"seed":7,"presencePenalty":0.2,
                 "frequencyPenalty":0.1,"stopSequences":["a","b"],"candidateCount":2}"""));
    }

    @Test
    void penaltiesThatTheModelRefusedAreLeftOutAndNamed() {
        Sampling both = new Sampling(OptionalDouble.of(0.5), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of(), OptionalLong.empty(), OptionalDouble.of(0.1), OptionalDouble.of(0.2), 1,
                false, OptionalInt.empty());
        UpstreamRequest without = new GoogleDialect().request(with(both, Optional.empty(), Optional.empty()),
                upstream(MODEL).conceding(Concession.PENALTIES));
        assertThat(json(without.body()).get("generationConfig")).isEqualTo(json("{\"temperature\":0.5}"));
        assertThat(without.dropped()).containsExactly("frequency_penalty", "presence_penalty");
    }

    @Test
    void onlyARefusalOfPenaltiesIsAnsweredByLeavingThemOut() {
        GoogleDialect google = new GoogleDialect();
        LlmRequest any = request(user("Hi"));
        assertThat(google.concession(any, Failure.InvalidRequest.of("", "provider 'google' answered 400: Penalty is not"
                + " enabled for this model"))).contains(Concession.PENALTIES);
        assertThat(google.concession(any, Failure.InvalidRequest.of("", "provider 'google' answered 400: no"))).isEmpty();
        assertThat(google.concession(any, Failure.ProviderFailed.of("Penalty is not enabled"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gemini-2.5-pro, EXACT", "gemini-3.5-flash, EXACT", "gemini-3.5-flash-lite, NONE", "gemini-3.6-flash, NONE",
        "gemini-3.8-flash, NONE", "gemini-flash-latest, NONE", "gemini-in-house, EXACT", "some-other, EXACT"})
    void theNewestModelsDoNotGoOnWithTheirOwnTurn(String model, Prefill prefill) {
        assertThat(new GoogleDialect().prefill(request(user("Hi")), upstream(model))).isEqualTo(prefill);
    }

    @ParameterizedTest
    @CsvSource({"2147483647, 2147483647", "-2147483648, -2147483648", "-1, -1", "4294967296, 1", "2147483648, -2147483648"})
    void aSeedIsOneThatGoogleHasRoomFor(long wanted, int sent) {
        Sampling seeded = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of(), OptionalLong.of(wanted), OptionalDouble.empty(), OptionalDouble.empty(), 1,
                false, OptionalInt.empty());
        assertThat(body(with(seeded, Optional.empty(), Optional.empty()), MODEL).getJsonObject("generationConfig")
                .getInt("seed")).isEqualTo(sent);
    }

    @Test
    void defaultsAreLeftToGoogle() {
        assertThat(body(request(user("Hi")), MODEL)).containsOnlyKeys("contents");
        assertThat(dropped(request(user("Hi")), MODEL)).isEmpty();
    }

    @Test
    void moreThanFiveStopSequencesAreCutAndNamed() {
        Sampling many = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of("1", "2", "3", "4", "5", "6"), OptionalLong.empty(),
                OptionalDouble.empty(), OptionalDouble.empty(), 1, false, OptionalInt.empty());
        LlmRequest request = with(many, Optional.empty(), Optional.empty());
        assertThat(body(request, MODEL).getJsonObject("generationConfig"))
                .isEqualTo(json("{\"stopSequences\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}"));
        assertThat(dropped(request, MODEL)).containsExactly("stop");
    }

    static Stream<Arguments> responseFormats() {
        JsonObject schema = json("{\"type\":\"object\",\"additionalProperties\":false}");
        return Stream.of(Arguments.of(new ResponseFormat.PlainText(), null),
                Arguments.of(new ResponseFormat.AnyJson(), json("{\"responseMimeType\":\"application/json\"}")),
                Arguments.of(new ResponseFormat.JsonSchema("s", schema, true), json("""
                        {"responseMimeType":"application/json",
                         "responseJsonSchema":{"type":"object","additionalProperties":false}}""")));
    }

    @ParameterizedTest
    @MethodSource
    void responseFormats(ResponseFormat format, JsonObject expected) {
        assertThat(body(with(Sampling.DEFAULTS, Optional.of(format), Optional.empty()), MODEL).get("generationConfig"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"gemini-3-flash-preview, none, MINIMAL", "gemini-3-flash-preview, minimal, MINIMAL",
        "gemini-3.5-flash, low, LOW", "gemini-3.5-flash, medium, MEDIUM", "gemini-3.5-flash, high, HIGH",
        "gemini-3.1-pro-preview, xhigh, HIGH", "gemini-flash-latest, max, HIGH", "gemini-3.1-pro-preview, minimal, LOW",
        "models/gemini-3-pro-preview, none, LOW", "gemini-10-nano, low, LOW", "gemini-3.6-flash, minimal, MINIMAL",
        "gemini-3.8-flash, minimal, LOW", "gemini-3.8-flash, none, LOW", "gemini-flash-latest, none, LOW"})
    void effortIsALevelForGemini3(String model, String effort, String level) {
        assertThat(thinking(model, effort)).isEqualTo(json("{\"includeThoughts\":" + !effort.equals("none")
                + ",\"thinkingLevel\":\"" + level + "\"}"));
    }

    @ParameterizedTest
    @CsvSource({"gemini-2.5-flash, none, 0", "gemini-2.5-pro, none, 128", "gemini-2.5-flash, minimal, 512",
        "gemini-2.5-flash, low, 1024", "gemini-2.5-pro, medium, 8192", "gemini-2.5-flash-lite, high, 24576",
        "gemini-2.5-flash, xhigh, 24576", "gemini-2.5-pro, max, 32768"})
    void effortIsABudgetForGemini25(String model, String effort, int budget) {
        assertThat(thinking(model, effort)).isEqualTo(json("{\"includeThoughts\":" + !effort.equals("none")
                + ",\"thinkingBudget\":" + budget + "}"));
    }

    @ParameterizedTest
    @CsvSource({"gemini-2.0-flash, high", "gemma-3-27b-it, low", "gemini-3-flash, extreme", "gemini-2.5-pro, extreme"})
    void effortThatCannotBeToldIsNamed(String model, String effort) {
        LlmRequest request = with(Sampling.DEFAULTS, Optional.empty(), Optional.of(effort));
        assertThat(body(request, model)).doesNotContainKey("generationConfig");
        assertThat(dropped(request, model)).containsExactly("reasoning_effort");
    }

    @Test
    void toolsAreDeclared() {
        ToolDefinition full = new ToolDefinition("a", Optional.of("does a"), Optional.of(json("{\"type\":\"object\"}")),
                true);
        ToolDefinition bare = new ToolDefinition("b", Optional.empty(), Optional.empty(), false);
        LlmRequest request = tooling(new Tooling(List.of(full, bare), Optional.empty(), Optional.of(false)));
        assertThat(body(request, MODEL).get("tools")).isEqualTo(json("""
                {"tools":[{"functionDeclarations":[
                  {"name":"a","description":"does a","parametersJsonSchema":{"type":"object"}},{"name":"b"}]}]}""")
                .get("tools"));
        assertThat(body(request, MODEL)).doesNotContainKey("toolConfig");
        assertThat(dropped(request, MODEL)).containsExactly("parallel_tool_calls", "strict");
    }

    static Stream<Arguments> toolChoices() {
        return Stream.of(Arguments.of(new ToolChoice.Auto(), "{\"mode\":\"AUTO\"}"),
                Arguments.of(new ToolChoice.None(), "{\"mode\":\"NONE\"}"),
                Arguments.of(new ToolChoice.Required(), "{\"mode\":\"ANY\"}"),
                Arguments.of(new ToolChoice.Function("a"), "{\"mode\":\"ANY\",\"allowedFunctionNames\":[\"a\"]}"));
    }

    @ParameterizedTest
    @MethodSource
    void toolChoices(ToolChoice choice, String expected) {
        ToolDefinition tool = new ToolDefinition("a", Optional.empty(), Optional.empty(), false);
        LlmRequest request = tooling(new Tooling(List.of(tool), Optional.of(choice), Optional.of(true)));
        assertThat(body(request, MODEL).getJsonObject("toolConfig").get("functionCallingConfig"))
                .isEqualTo(json(expected));
        assertThat(dropped(request, MODEL)).isEmpty();
    }

    @Test
    void whatHasNoPlaceIsNamedInTheClientsWords() {
        JsonObject source = json("""
                {"model":"m","messages":[],"stream":true,"stream_options":{},"user":"u","store":false,"metadata":{},
                 "logit_bias":{"1":2},"verbosity":null,"temperature":1,"max_tokens":5,"n":1,"brand_new":[]}""");
        LlmRequest request = request(source, Sampling.DEFAULTS, Tooling.NONE, Optional.empty(), Optional.empty(),
                user("Hi"));
        assertThat(dropped(request, MODEL)).containsExactly("brand_new", "logit_bias", "metadata", "store", "user");
    }

    @Test
    void aFormOfTheAnswerThatGoogleDoesNotKnowIsNamed() {
        LlmRequest request = request(json("{\"response_format\":{\"type\":\"grammar\"}}"), Sampling.DEFAULTS, Tooling.NONE,
                Optional.empty(), Optional.empty(), user("Hi"));
        assertThat(dropped(request, MODEL)).containsExactly("response_format");
    }

    @Test
    void toolsAndChoicesThatGoogleDoesNotKnowAreNamed() {
        JsonObject source = json("""
                {"tools":[{"type":"function","function":{"name":"a"}},{"type":"custom","custom":{"name":"b"}}],
                 "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}}""");
        LlmRequest request = request(source, Sampling.DEFAULTS, Tooling.NONE, Optional.empty(), Optional.empty(),
                user("Hi"));
        assertThat(dropped(request, MODEL)).containsExactly("tool_choice", "tools[1]");
    }

    @Test
    void probabilitiesAreNotAskedForBecauseTheyCannotBeHandedBack() {
        Sampling asked = new Sampling(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalInt.empty(), List.of(), OptionalLong.empty(), OptionalDouble.empty(), OptionalDouble.empty(), 1,
                true, OptionalInt.of(3));
        LlmRequest request = request(json("{\"logprobs\":true,\"top_logprobs\":3}"), asked, Tooling.NONE,
                Optional.empty(), Optional.empty(), user("Hi"));
        assertThat(body(request, MODEL)).doesNotContainKey("generationConfig");
        assertThat(dropped(request, MODEL)).containsExactly("logprobs", "top_logprobs");
        assertThat(dropped(request(json("{\"logprobs\":false}"), Sampling.DEFAULTS, Tooling.NONE, Optional.empty(),
                Optional.empty(), user("Hi")), MODEL)).isEmpty();
    }

    private static JsonValue thinking(String model, String effort) {
        return body(with(Sampling.DEFAULTS, Optional.empty(), Optional.of(effort)), model)
                .getJsonObject("generationConfig").get("thinkingConfig");
    }

    private static LlmRequest with(Sampling sampling, Optional<ResponseFormat> format, Optional<String> effort) {
        return request(JsonValue.EMPTY_JSON_OBJECT, sampling, Tooling.NONE, format, effort, user("Hi"));
    }

    private static LlmRequest tooling(Tooling tooling) {
        return request(JsonValue.EMPTY_JSON_OBJECT, Sampling.DEFAULTS, tooling, Optional.empty(), Optional.empty(),
                user("Hi"));
    }
}
