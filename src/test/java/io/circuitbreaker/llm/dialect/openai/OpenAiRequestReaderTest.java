package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiRequestReaderTest {

    private static final String MINIMUM = "\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    @Test
    void everyFieldIsRead() {
        LlmRequest request = read("""
                "temperature":0.5,"top_p":0.9,"top_k":40,"max_completion_tokens":100,"max_tokens":7,"stop":["a","b"],
                "seed":-3,
                "frequency_penalty":-2,"presence_penalty":2,"n":2,"logprobs":true,"top_logprobs":20,"stream":true,
                "stream_options":{"include_usage":true},"reasoning_effort":"low","user":"u","metadata":{"k":"v"},
                "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},
                "strict":true}},
                         {"function":{"name":"g"}},{"type":"custom","custom":{"name":"h"}}],
                "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
                "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"a":1},"strict":true}}""");

        assertThat(request.dialect()).isEqualTo("openai");
        assertThat(request.model()).isEqualTo("m");
        assertThat(request.messages()).hasSize(1);
        assertThat(request.sampling()).isEqualTo(new Sampling(OptionalDouble.of(0.5), OptionalDouble.of(0.9),
                OptionalInt.of(40),
                OptionalInt.of(100), List.of("a", "b"), OptionalLong.of(-3), OptionalDouble.of(-2),
                OptionalDouble.of(2), 2, true,
                OptionalInt.of(20)));
        assertThat(request.tooling()).isEqualTo(new Tooling(List.of(
                new ToolDefinition("f", Optional.of("d"), Optional.of(JsonText.parseObject("{\"type\":\"object\"}")),
                true),
                new ToolDefinition("g", Optional.empty(), Optional.empty(), false)),
                Optional.of(new ToolChoice.Function("f")), Optional.of(false)));
        assertThat(request.responseFormat()).contains(new ResponseFormat.JsonSchema("s",
                JsonText.parseObject("{\"a\":1}"), true));
        assertThat(request.reasoningEffort()).contains("low");
        assertThat(request.user()).contains("u");
        assertThat(request.metadata()).containsOnly(java.util.Map.entry("k", "v"));
        assertThat(request.stream()).isTrue();
        assertThat(request.includeUsage()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", """
            "temperature":null,"top_p":null,"top_k":null,"max_completion_tokens":null,"max_tokens":null,"stop":null,
            "seed":null,
            "frequency_penalty":null,"presence_penalty":null,"n":null,"logprobs":null,"top_logprobs":null,"stream":null,
            "stream_options":null,"reasoning_effort":null,"user":null,"metadata":null,"tools":null,"tool_choice":null,
            "parallel_tool_calls":null,"response_format":null"""})
    void nullIsAbsent(String members) {
        LlmRequest request = read(members);

        assertThat(request.sampling()).isEqualTo(Sampling.DEFAULTS);
        assertThat(request.tooling()).isEqualTo(Tooling.NONE);
        assertThat(request.responseFormat()).isEmpty();
        assertThat(request.reasoningEffort()).isEmpty();
        assertThat(request.user()).isEmpty();
        assertThat(request.metadata()).isEmpty();
        assertThat(request.stream()).isFalse();
        assertThat(request.includeUsage()).isFalse();
    }

    @Test
    void otherFormsOfAFieldAreRead() {
        assertThat(read("\"stop\":\"x\"").sampling().stop()).containsExactly("x");
        assertThat(read("\"max_tokens\":7").sampling().maxTokens()).hasValue(7);
        assertThat(read("\"max_tokens\":7.0").sampling().maxTokens()).hasValue(7);
        assertThat(read("\"stream_options\":{\"include_usage\":null}").includeUsage()).isFalse();
        assertThat(read("\"tool_choice\":\"auto\"").tooling().choice()).contains(new ToolChoice.Auto());
        assertThat(read("\"tool_choice\":\"none\"").tooling().choice()).contains(new ToolChoice.None());
        assertThat(read("\"tool_choice\":\"required\"").tooling().choice()).contains(new ToolChoice.Required());
        assertThat(read("\"tool_choice\":{\"type\":\"custom\",\"custom\":{\"name\":\"c\"}}").tooling().choice())
                .isEmpty();
        assertThat(read("\"response_format\":{\"type\":\"text\"}").responseFormat())
                .contains(new ResponseFormat.PlainText());
        assertThat(read("\"response_format\":{\"type\":\"json_object\"}").responseFormat())
                .contains(new ResponseFormat.AnyJson());
        assertThat(read("\"temperature\":0,\"top_p\":0").sampling().temperature()).hasValue(0);
        assertThat(read("\"seed\":9223372036854775807").sampling().seed()).hasValue(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @DisplayName("what only some servers know is left to them")
    @ValueSource(strings = {"\"top_k\":-1", "\"max_tokens\":-1", "\"max_completion_tokens\":-1", "\"tool_choice\":\"any\"",
        "\"response_format\":{\"type\":\"grammar\",\"grammar\":\"root ::= x\"}", "\"metadata\":{\"tags\":[\"a\"],\"n\":1}"})
    void whatOnlySomeServersKnowIsLeftToThem(String members) {
        LlmRequest request = read(members);

        assertThat(request.source()).containsAllEntriesOf(JsonText.parseObject("{" + members + "}"));
        assertThat(request.sampling()).isEqualTo(Sampling.DEFAULTS);
        assertThat(request.responseFormat()).isEmpty();
        assertThat(request.metadata()).isEmpty();
        assertThat(request.tooling().choice()).isEqualTo(members.contains("any")
                ? Optional.of(new ToolChoice.Required()) : Optional.empty());
    }

    @Test
    void theClientsJsonIsKept() {
        assertThat(read("\"brand_new\":{\"a\":[1]}").source().getJsonObject("brand_new").getJsonArray("a")).hasSize(1);
    }

    @ParameterizedTest
    @DisplayName("a refusal names the parameter, the rule and what was found")
    @CsvSource(delimiter = '|', textBlock = """
            "temperature":2.1                | temperature                | must be between 0 and 2, was 2.1
            "temperature":"hot"              | temperature                | must be a number, was a string
            "temperature":true               | temperature                | must be a number, was true
            "top_p":-0.1                     | top_p                      | must be between 0 and 1, was -0.1
            "top_k":-2                       | top_k                      | must be between 0 and 2147483647, was -2
            "max_tokens":0                   | max_tokens                 | must be between 1 and 2147483647, was 0
            "max_completion_tokens":1.5      | max_completion_tokens      | must be a whole number, was the number 1.5
            "max_completion_tokens":1e300    | max_completion_tokens      | must be between 1 and 2147483647, was 1E+300
            "seed":9223372036854775808       | seed                       | must be between -9223372036854775808 and 9223372036854775807, was 9223372036854775808
            "frequency_penalty":3            | frequency_penalty          | must be between -2 and 2, was 3
            "presence_penalty":-3            | presence_penalty           | must be between -2 and 2, was -3
            "n":0                            | n                          | must be between 1 and 128, was 0
            "n":129                          | n                          | must be between 1 and 128, was 129
            "logprobs":1                     | logprobs                   | must be true or false, was the number 1
            "top_logprobs":21                | top_logprobs               | must be between 0 and 20, was 21
            "stop":7                         | stop                       | must be a string or an array of strings, was the number 7
            "stop":["a",null]                | stop[1]                    | must be a string, was null
            "stream":"yes"                   | stream                     | must be true or false, was a string
            "stream_options":[]              | stream_options             | must be an object, was an array
            "stream_options":{"include_usage":1} | stream_options.include_usage | must be true or false, was the number 1
            "user":{}                        | user                       | must be a string, was an object
            "reasoning_effort":1             | reasoning_effort           | must be a string, was the number 1
            "tools":{}                       | tools                      | must be an array, was an object
            "tools":[1]                      | tools[0]                   | must be an object, was the number 1
            "tools":[{"type":"function"}]    | tools[0].function          | is required and must be an object
            "tools":[{"function":{}}]        | tools[0].function.name     | is required and must be a string that is not empty
            "tools":[{"function":{"name":"f","parameters":"x"}}] | tools[0].function.parameters | must be an object, was a string
            "tool_choice":"maybe"            | tool_choice                | must be "auto", "none", "required" or an object that names a function, was "maybe"
            "tool_choice":1                  | tool_choice                | must be an object, was the number 1
            "tool_choice":{"function":{}}    | tool_choice.function.name  | is required and must be a string that is not empty
            "parallel_tool_calls":0          | parallel_tool_calls        | must be true or false, was the number 0
            "response_format":"json"         | response_format            | must be an object, was a string
            "response_format":{}             | response_format.type       | is required and must be a string that is not empty
            "response_format":{"type":"json_schema"} | response_format.json_schema | is required and must be an object
            """)
    void aRefusalNamesWhatIsWrong(String members, String param, String rule) {
        assertRefused("{" + MINIMUM + "," + members + "}", param, rule);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"messages":[{"role":"user","content":"Hi"}]} | model    | is required and must be a string that is not empty
            {"model":"","messages":[]}                    | model    | is required and must be a string that is not empty
            {"model":7}                                   | model    | must be a string, was the number 7
            {"model":"m"}                                 | messages | is required and must be an array with at least 1 message
            {"model":"m","messages":null}                 | messages | is required and must be an array with at least 1 message
            {"model":"m","messages":[]}                   | messages | must have at least 1 message, had 0
            {"model":"m","messages":"Hi"}                 | messages | must be an array, was a string
            {"model":"m","messages":["Hi"]}               | messages[0] | must be an object, was a string
            """)
    void modelAndMessagesAreRequired(String body, String param, String rule) {
        assertRefused(body.strip(), param, rule);
    }

    @Test
    void aRefusedWordIsCut() {
        LlmException refused = catchThrowableOfType(LlmException.class,
                () -> read("\"tool_choice\":\"" + "x".repeat(5000) + "\""));

        assertThat(refused.failure().message()).hasSizeLessThan(200);
    }

    private static void assertRefused(String body, String param, String rule) {
        LlmException refused = catchThrowableOfType(LlmException.class,
                () -> OpenAiRequestReader.read(JsonText.parseObject(body)));

        assertThat(refused.failure()).isEqualTo(Failure.InvalidRequest.of(param, "'" + param + "' " + rule));
    }

    private static LlmRequest read(String members) {
        return OpenAiRequestReader.read(JsonText.parseObject("{" + MINIMUM + (members.isEmpty() ? "" : ",") + members
                + "}"));
    }
}
