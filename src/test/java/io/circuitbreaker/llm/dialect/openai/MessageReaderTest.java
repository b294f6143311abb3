package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolCall;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageReaderTest {

    @ParameterizedTest
    @CsvSource({"system,SYSTEM", "developer,SYSTEM", "user,USER", "assistant,ASSISTANT", "tool,TOOL", "function,TOOL"})
    void everyRoleIsRead(String word, Role role) {
        assertThat(read("\"role\":\"" + word + "\",\"content\":\"Hi\",\"tool_call_id\":\"a\",\"name\":\"n\""))
                .isEqualTo(new ChatMessage(role, List.of(new ContentPart.Text("Hi")), Optional.of("n"), List.of(),
                        Optional.of("a"), List.of()));
    }

    @Test
    void everyKindOfPartIsRead() {
        ChatMessage message = read("""
                "role":"user","content":[
                  {"type":"text","text":"a","cache_control":{}},{"type":"text","text":""},{"type":"refusal",
                  "refusal":"no"},
                  {"type":"image_url","image_url":{"url":"https://e.org/i.png","detail":"low"}},
                  {"type":"image_url","image_url":"data:image/png;base64,AA=="},
                  {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},
                  {"type":"file","file":{"file_data":"data:application/pdf;base64,AA==","filename":"f.pdf"}},
                  {"type":"file","file":{"file_id":"file-1"}}]""");

        assertThat(message.content()).containsExactly(
                new ContentPart.Text("a"), new ContentPart.Text(""), new ContentPart.Refusal("no"),
                new ContentPart.Image(new Media.Link("https://e.org/i.png"), Optional.of("low")),
                new ContentPart.Image(new Media.Inline("image/png", "AA=="), Optional.empty()),
                new ContentPart.Audio("AA==", "wav"),
                new ContentPart.File(Optional.of(new Media.Inline("application/pdf", "AA==")), Optional.empty(),
                        Optional.of("f.pdf")),
                new ContentPart.File(Optional.empty(), Optional.of("file-1"), Optional.empty()));
    }

    @Test
    void anAssistantsToolCallsAndReasoningAreRead() {
        ChatMessage message = read("""
                "role":"assistant","content":null,"refusal":"no","tool_calls":[
                  {"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{}}},
                  {"id":"b","function":{"name":"g"}},{"id":"c","type":"custom","custom":{"name":"h","input":"x"}}],
                "reasoning_details":[{"type":"reasoning.text","text":"Hm","signature":"s"},{"type":"reasoning.text",
                "text":"lost"},
                  {"type":"reasoning.encrypted","data":"d"}]""");

        assertThat(message.content()).containsExactly(new ContentPart.Refusal("no"));
        assertThat(message.toolCalls()).containsExactly(
                new ToolCall("a", "f", "{}", Optional.of(JsonText.parseObject("{\"google\":{}}"))),
                new ToolCall("b", "g", "", Optional.empty()));
        assertThat(message.reasoning()).containsExactly(new ReasoningBlock("Hm", "s", ""),
                new ReasoningBlock("", "", "d"));
    }

    @Test
    void onlyAnAssistantMayBeSilent() {
        assertThat(read("\"role\":\"assistant\"").content()).isEmpty();
        assertThat(read("\"role\":\"assistant\",\"content\":[],\"tool_calls\":null,\"name\":null,\"refusal\":null")
                .content()).isEmpty();
    }

    @Test
    void aPartThatOnlySomeServersKnowIsLeftToThem() {
        assertThat(read("\"role\":\"user\",\"content\":[{\"type\":\"video_url\",\"video_url\":{\"url\":\"u\"}}]").content())
                .containsExactly(new ContentPart.Unknown("video_url"));
    }

    @ParameterizedTest
    @DisplayName("a refusal names the parameter, the rule and what was found")
    @CsvSource(delimiter = '|', textBlock = """
            "content":"x"                  | role         | is required and must be a string that is not empty
            "role":7                       | role         | must be a string, was the number 7
            "role":"robot","content":"x"   | role         | must be "system", "developer", "user", "assistant" or "tool", was "robot"
            "role":"user"                  | content      | is required for this role and must be a string or an array of parts
            "role":"user","content":null   | content      | is required for this role and must be a string or an array of parts
            "role":"user","content":{}     | content      | must be a string or an array of parts, was an object
            "role":"user","content":["x"]  | content[0]   | must be an object, was a string
            "role":"user","content":[{}]   | content[0].type | is required and must be a string that is not empty
            "role":"user","content":[{"type":"text"}] | content[0].text | is required for a part of type "text"
            "role":"user","content":[{"type":"text","text":1}] | content[0].text | must be a string, was the number 1
            "role":"user","content":[{"type":"image_url"}] | content[0].image_url | is required and must be an object
            "role":"user","content":[{"type":"image_url","image_url":{}}] | content[0].image_url.url | is required and must be a string that is not empty
            "role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}] | content[0].image_url.url | is not usable: a data URI must have the form data:<media type>;base64,<data>
            "role":"user","content":[{"type":"input_audio","input_audio":{"data":"A"}}] | content[0].input_audio.format | is required and must be a string that is not empty
            "role":"user","content":[{"type":"file","file":{}}] | content[0].file.file_data | or file_id is required for a part of type "file"
            "role":"tool","content":"x"    | tool_call_id | is required and must be a string that is not empty
            "role":"assistant","tool_calls":{} | tool_calls | must be an array, was an object
            "role":"assistant","tool_calls":[{"function":{"name":"f"}}] | tool_calls[0].id | is required and must be a string that is not empty
            "role":"assistant","tool_calls":[{"id":"a","function":{}}]  | tool_calls[0].function.name | is required and must be a string that is not empty
            "role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}] | tool_calls[0].function.arguments | must be a string, was an object
            "role":"assistant","reasoning_details":{} | reasoning_details | must be an array, was an object
            """)
    void aRefusalNamesWhatIsWrong(String members, String param, String rule) {
        LlmException refused = catchThrowableOfType(LlmException.class, () -> read(members));
        String full = "messages[1]." + param;

        assertThat(refused.failure()).isEqualTo(Failure.InvalidRequest.of(full, "'" + full + "' " + rule));
    }

    @Test
    @DisplayName("T36: calls of the form before tools are joined with their results by ids of ours")
    void functionCallsAndTheirResults() {
        List<ChatMessage> messages = OpenAiRequestReader.read(JsonText.parseObject("""
                {"model":"m","messages":[{"role":"user","content":"?"},
                 {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\\"a\\":1}"}},
                 {"role":"function","name":"f","content":"22"},
                 {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
                 {"role":"function","name":"f","content":"23"}]}""")).messages();

        assertThat(messages).extracting(ChatMessage::toolCalls).containsExactly(List.of(),
                List.of(new ToolCall("function_call_1", "f", "{\"a\":1}", Optional.empty())), List.of(),
                List.of(new ToolCall("function_call_2", "f", "{}", Optional.empty())), List.of());
        assertThat(messages).extracting(ChatMessage::toolCallId).containsExactly(Optional.empty(), Optional.empty(),
                Optional.of("function_call_1"), Optional.empty(), Optional.of("function_call_2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{\"name\":\"\",\"arguments\":\"\"}", "[]", "\"auto\""})
    void aFunctionCallThatIsNoneIsNothing(String value) {
        assertThat(read("\"role\":\"assistant\",\"content\":\"Hi\",\"function_call\":" + value).toolCalls()).isEmpty();
    }

    @Test
    void aCallInBothFormsIsOne() {
        assertThat(read("""
                "role":"assistant","function_call":{"name":"f","arguments":"{}"},
                "tool_calls":[{"id":"call_1","function":{"name":"f","arguments":"{}"}}]""").toolCalls())
                .extracting(ToolCall::id).containsExactly("call_1");
    }

    private static ChatMessage read(String members) {
        return OpenAiRequestReader.read(JsonText.parseObject("{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
                + "\"content\":\"Hi\"},{"
                + members + "}]}")).messages().get(1);
    }
}
