package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.call;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.calling;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.message;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.request;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.result;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.to;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolChoice;
import jakarta.json.JsonValue;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnthropicMessagesTest {

    private static final String OWN = "anthropic:claude-sonnet-4-5:";
    private static final String HELLO = "[{'role':'user','content':[{'type':'text','text':'Hello'}]}]";

    private static final ContentPart AUDIO = new ContentPart.Audio("AAAA", "wav");
    private static final ContentPart UPLOADED = new ContentPart.File(Optional.empty(), Optional.of("file-1"),
            Optional.empty());
    private static final ContentPart WORD = file("data:application/msword;base64,AAAA", "a.doc");

    @Test
    void instructionsStandApartWhereverTheyWere() {
        OpenAiRequests request = request().says(Role.SYSTEM, "Be brief.").says(Role.USER, "Hello")
                .says(Role.SYSTEM, "Be kind.");

        assertJson(request.member("system"), "[{'type':'text','text':'Be brief.'},{'type':'text','text':'Be kind.'}]");
        assertJson(request.member("messages"), HELLO);
    }

    @Test
    void instructionsAloneAreSaidByTheUser() {
        OpenAiRequests request = request().says(Role.SYSTEM, "Hello");

        assertThat(request.body()).doesNotContainKey("system");
        assertJson(request.member("messages"), HELLO);
    }

    @Test
    @DisplayName("an instruction after the answer so far is what the next answer is about, not an answer to go on with")
    void theLastInstructionIsSaidByTheUser() {
        OpenAiRequests request = request().says(Role.SYSTEM, "Be brief.").says(Role.USER, "Hello")
                .says(Role.ASSISTANT, "Hi").says(Role.SYSTEM, "Now sum up.").says(Role.SYSTEM, "In French.");

        assertJson(request.member("system"), "[{'type':'text','text':'Be brief.'}]");
        assertJson(request.member("messages"), """
                [{'role':'user','content':[{'type':'text','text':'Hello'}]},
                 {'role':'assistant','content':[{'type':'text','text':'Hi'}]},
                 {'role':'user','content':[{'type':'text','text':'Now sum up.'},{'type':'text','text':'In French.'}]}]""");
    }

    @Test
    void equalRolesBecomeOneTurn() {
        assertJson(request().says(Role.USER, "a").says(Role.USER, "b").says(Role.ASSISTANT, "c").says(Role.ASSISTANT,
                "d")
                .says(Role.USER, "e").member("messages"), """
                [{'role':'user','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]},
                 {'role':'assistant','content':[{'type':'text','text':'c'},{'type':'text','text':'d'}]},
                 {'role':'user','content':[{'type':'text','text':'e'}]}]""");
    }

    @Test
    void userHasTheFirstTurn() {
        assertThat(request().says(Role.ASSISTANT, "Welcome!").says(Role.USER, "Hi").body().getJsonArray("messages"))
                .extracting(turn -> turn.asJsonObject().getString("role")).containsExactly("user", "assistant", "user");
    }

    @Test
    void blankTextsBecomeNoBlocks() {
        assertJson(request().says(Role.SYSTEM, " ").with(message(Role.USER, new ContentPart.Text(""),
                new ContentPart.Text("Hello"))).says(Role.ASSISTANT, "\n").member("messages"), HELLO);
        assertThat(request().says(Role.SYSTEM, "").says(Role.USER, "Hello").body()).doesNotContainKey("system");
    }

    @Test
    void refusalIsWhatTheAssistantSaid() {
        assertJson(turn(request().says(Role.USER, "Hello").with(message(Role.ASSISTANT,
                new ContentPart.Refusal("No."))), 1),
                "{'role':'assistant','content':[{'type':'text','text':'No.'}]}");
    }

    @DisplayName("T39: reasoning goes back first in its turn, with its signature")
    @Test
    void reasoningGoesBackFirst() {
        OpenAiRequests request = request().effort("low").says(Role.USER, "Hello").with(calling("Looking.",
                List.of(new ReasoningBlock("Hm.", OWN + "c2ln", ""), new ReasoningBlock("", "", OWN + "aGlkZGVu")),
                call("toolu_a", "look", "{\"at\":1}"))).with(result("toolu_a", new ContentPart.Text("seen")));

        assertJson(turn(request, 1), """
                {'role':'assistant','content':[{'type':'thinking','thinking':'Hm.','signature':'c2ln'},
                 {'type':'redacted_thinking','data':'aGlkZGVu'},{'type':'text','text':'Looking.'},
                 {'type':'tool_use','id':'toolu_a','name':'look','input':{'at':1}}]}""");
        assertThat(request.dropped()).isEmpty();
    }

    static Stream<ReasoningBlock> foreignReasoning() {
        String anotherClaudes = "anthropic:claude-opus-4-1:c2ln";
        return Stream.of(new ReasoningBlock("Hm.", "", ""), new ReasoningBlock("Hm.", "c2ln", ""),
                new ReasoningBlock("Hm.", "google:c2ln", ""), new ReasoningBlock("", "google:c2ln", ""),
                new ReasoningBlock("Hm.", anotherClaudes, ""), new ReasoningBlock("", "", anotherClaudes),
                new ReasoningBlock("", "", "gAAAA"));
    }

    @Test
    @DisplayName("T39: a model has a name with its date and one without")
    void aModelsOtherNameIsItsOwn() {
        OpenAiRequests request = request().effort("low").says(Role.USER, "Hello").with(calling("Well.",
                List.of(new ReasoningBlock("Hm.", "anthropic:claude-sonnet-4-5:c2ln", "")))).says(Role.USER, "And?");

        assertThat(turn(request, 1)).contains("\"signature\":\"c2ln\"");
        assertThat(request.dropped()).isEmpty();
    }

    @DisplayName("T39: reasoning that the model cannot be shown to have had would be refused; it is named instead")
    @ParameterizedTest
    @MethodSource
    void foreignReasoning(ReasoningBlock block) {
        OpenAiRequests request = request().effort("low").says(Role.USER, "Hello").with(calling("Well.", List.of(block)))
                .says(Role.USER, "And?");

        assertJson(turn(request, 1), "{'role':'assistant','content':[{'type':'text','text':'Well.'}]}");
        assertThat(request.dropped()).containsExactly("messages[1].reasoning_details");
    }

    @Test
    @DisplayName("T39: where the model is not to reason, the turn that goes on may hold none; those before it may")
    void reasoningIsNamedWhereTheModelIsNotToReason() {
        OpenAiRequests request = request().says(Role.USER, "Hello").with(calling("Looking.",
                List.of(new ReasoningBlock("Hm.", OWN + "c2ln", "")), call("toolu_a", "look", "{}")))
                .with(result("toolu_a", new ContentPart.Text("seen")));

        assertThat(turn(request, 1)).doesNotContain("thinking");
        assertThat(request.dropped()).containsExactly("messages[1].reasoning_details");
        assertThat(turn(request.says(Role.ASSISTANT, "So.").says(Role.USER, "And?"), 1)).contains("\"signature\":\"c2ln\"");
        assertThat(request.dropped()).isEmpty();
    }

    @Test
    @DisplayName("T39: a model that binds its reasoning is given none where it is not to reason")
    void boundReasoningIsNamedWhereTheModelIsNotToReason() {
        OpenAiRequests request = to("claude-haiku-5-5").says(Role.USER, "Hello").with(calling("Well.",
                List.of(new ReasoningBlock("Hm.", "anthropic:claude-haiku-5-5:c2ln", "")))).says(Role.USER, "And?");

        assertThat(turn(request, 1)).contains("\"signature\":\"c2ln\"");
        assertThat(turn(request.tool("now").choice(new ToolChoice.Required()), 1)).doesNotContain("thinking");
        assertThat(request.dropped()).containsExactly("messages[1].reasoning_details");
        assertThat(request.body()).doesNotContainKey("thinking");
    }

    @Test
    @DisplayName("T39: reasoning that nothing came of would be the last block, which the API refuses")
    void reasoningAloneIsNamed() {
        OpenAiRequests request = request().effort("low").says(Role.USER, "Hello").with(calling(" ",
                List.of(new ReasoningBlock("Hm.", OWN + "c2ln", "")))).says(Role.USER, "And?");

        assertJson(request.member("messages"), """
                [{'role':'user','content':[{'type':'text','text':'Hello'},{'type':'text','text':'And?'}]}]""");
        assertThat(request.dropped()).containsExactly("messages[1].reasoning_details");
    }

    @Test
    void resultsOfATurnStandTogetherBeforeWhatTheUserSays() {
        OpenAiRequests request = request().says(Role.USER, "Hello")
                .with(calling("", List.of(), call("a", "left", ""), call("b", "right", "{}")))
                .with(result("a", new ContentPart.Text("one"))).says(Role.USER, "And?")
                .with(result("b", new ContentPart.Text("")));

        assertJson(turn(request, 2), """
                {'role':'user','content':[{'type':'tool_result','tool_use_id':'a','content':'one'},
                 {'type':'tool_result','tool_use_id':'b'},{'type':'text','text':'And?'}]}""");
    }

    @Test
    void resultMayHoldAnImage() {
        OpenAiRequests request = request().says(Role.USER, "Hello").with(calling("", List.of(), call("a", "see", "{}")))
                .with(result("a", new ContentPart.Text("Here:"), image("https://example.org/a.png", Optional.empty())));

        assertJson(turn(request, 2), """
                {'role':'user','content':[{'type':'tool_result','tool_use_id':'a',
                 'content':[{'type':'text','text':'Here:'},
                 {'type':'image','source':{'type':'url','url':'https://example.org/a.png'}}]}]}""");
    }

    @Test
    void idsOfOtherProvidersAreMadeAcceptableOnBothSides() {
        OpenAiRequests request = request().says(Role.USER, "Hello")
                .with(calling("", List.of(), call("functions.look:0", "look", "{}")))
                .with(result("functions.look:0", new ContentPart.Text("seen")));

        assertThat(turn(request, 1)).contains("\"functions_look_0\"");
        assertThat(turn(request, 2)).contains("\"functions_look_0\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``          | {}",
        "` `         | {}",
        "{\"a\":[1]} | {\"a\":[1]}",
        "{\"a\":     | {\"invalid_arguments\":\"{\\\"a\\\":\"}",
        "[1]         | {\"invalid_arguments\":\"[1]\"}"})
    void argumentsBecomeAnObject(String arguments, String input) {
        OpenAiRequests request = request().says(Role.USER, "Hello").with(calling("", List.of(), call("a", "f",
                arguments)));

        assertThat(turn(request, 1)).contains("\"input\":" + input + "}");
    }

    @Test
    void imagesGoByAddressOrByContent() {
        OpenAiRequests request = request().with(message(Role.USER,
                image("https://example.org/a.png", Optional.of("auto")),
                image("data:image/png;base64,AAAA", Optional.of("high"))));

        assertJson(turn(request, 0), """
                {'role':'user','content':[{'type':'image','source':{'type':'url','url':'https://example.org/a.png'}},
                 {'type':'image','source':{'type':'base64','media_type':'image/png','data':'AAAA'}}]}""");
        assertThat(request.dropped()).containsExactly("messages[0].content[1].image_url.detail");
    }

    @Test
    void documentsGoAsPdfOrAsText() {
        String text = Base64.getEncoder().encodeToString("grün".getBytes(UTF_8));
        OpenAiRequests request = request().with(message(Role.USER, file("data:application/pdf;base64,AAAA", "a.pdf"),
                file("data:text/markdown;base64," + text, ""), file("https://example.org/b.pdf", ""),
                file("data:image/png;base64,BBBB", "c.png")));

        assertJson(turn(request, 0), """
                {'role':'user','content':[
                 {'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'AAAA'},
                  'title':'a.pdf'},
                 {'type':'document','source':{'type':'text','media_type':'text/plain','data':'grün'}},
                 {'type':'document','source':{'type':'url','url':'https://example.org/b.pdf'}},
                 {'type':'image','source':{'type':'base64','media_type':'image/png','data':'BBBB'}}]}""");
        assertThat(request.dropped()).isEmpty();
    }

    @Test
    void aPartThatNobodyCanTranslateIsRefusedInWords() {
        OpenAiRequests request = request().with(message(Role.USER, new ContentPart.Unknown("video_url")));

        assertThatThrownBy(request::body).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.failure()).isInstanceOf(Failure.InvalidRequest.class);
            assertThat(e.failure().message()).contains("messages[0].content[0]", "video_url");
        });
    }

    static Stream<Arguments> untold() {
        return Stream.of(Arguments.of(AUDIO, "audio"), Arguments.of(UPLOADED, "a file by its id"),
                Arguments.of(WORD, "a file of type application/msword"));
    }

    @DisplayName("A message of which nothing would be left is what the user asks")
    @ParameterizedTest
    @MethodSource
    void untold(ContentPart part, String kind) {
        OpenAiRequests request = request().says(Role.USER, "Hello").says(Role.ASSISTANT, "Well?")
                .with(message(Role.USER, new ContentPart.Text(" "), part));

        assertThatThrownBy(request::body).isInstanceOfSatisfying(LlmException.class, e ->
                assertThat(e.failure()).isEqualTo(Failure.InvalidRequest.of("messages[2].content[1]",
                        "'messages[2].content[1]' is " + kind + ", of which this provider cannot be told, and there is"
                                + " nothing else in the message")));
        assertThat(new AnthropicDialect().untold(part)).contains(kind);
    }

    @Test
    void besideWordsWhatCannotBeToldIsNamed() {
        OpenAiRequests request = request().with(message(Role.USER, new ContentPart.Text("Sum up."), AUDIO, UPLOADED, WORD));

        assertJson(turn(request, 0), "{'role':'user','content':[{'type':'text','text':'Sum up.'}]}");
        assertThat(request.dropped()).containsExactly("messages[0].content[1]", "messages[0].content[2].file.file_id",
                "messages[0].content[3]");
    }

    @Test
    void whatCanBeToldIsNotUntold() {
        assertThat(Stream.of(new ContentPart.Text("a"), image("https://example.org/a.png", Optional.empty()),
                file("https://example.org/b.pdf", ""), file("data:text/markdown;base64,AAAA", ""),
                file("data:application/PDF;base64,AAAA", ""), file("data:application/json;base64,AAAA", ""),
                file("data:image/png;base64,AAAA", ""))).allSatisfy(part ->
                assertThat(new AnthropicDialect().untold(part)).isEmpty());
        assertThat(new AnthropicDialect().untold(new ContentPart.Unknown("video_url"))).contains("a part of type video_url");
    }

    @Test
    void whatAnswersAndResultsCannotHoldIsNamed() {
        ChatMessage named = new ChatMessage(Role.USER, List.of(new ContentPart.Text("Hello")), Optional.of("Ann"),
                List.of(), Optional.empty(), List.of());
        OpenAiRequests request = request().with(named).with(calling("", List.of(), call("a", "look", "{}")))
                .with(result("a", AUDIO, UPLOADED, WORD));

        assertJson(turn(request, 2), "{'role':'user','content':[{'type':'tool_result','tool_use_id':'a'}]}");
        assertThat(request.dropped()).containsExactly("messages[0].name", "messages[2].content[0]",
                "messages[2].content[1].file.file_id", "messages[2].content[2]");
    }

    @Test
    void textFileThatIsNotBase64IsTheClientsError() {
        OpenAiRequests request = request().with(message(Role.USER,
                file("data:text/plain;base64,not*base64", "secret.txt")));

        assertThatThrownBy(request::written).isInstanceOfSatisfying(LlmException.class, e ->
                assertThat(e.failure()).isInstanceOfSatisfying(Failure.InvalidRequest.class, failure -> {
                    assertThat(failure.param()).isEqualTo("messages[0].content[0].file.file_data");
                    assertThat(failure.message()).doesNotContain("not*base64");
                }));
    }

    private static ContentPart image(String url, Optional<String> detail) {
        return new ContentPart.Image(Media.ofUrl(url), detail);
    }

    private static ContentPart file(String url, String name) {
        return new ContentPart.File(Optional.of(Media.ofUrl(url)), Optional.empty(), Optional.of(name));
    }

    private static String turn(OpenAiRequests request, int index) {
        return request.body().getJsonArray("messages").get(index).toString();
    }

    private static void assertJson(String actual, String expected) {
        JsonValue wanted = JsonText.parse(expected.replace('\'', '"'));
        assertThat(JsonText.parse(actual)).isEqualTo(wanted);
    }
}
