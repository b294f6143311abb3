package io.circuitbreaker.llm.dialect.google;

import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.body;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.call;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.calls;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.dropped;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.json;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.request;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.result;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoogleContentsTest {

    private static final String MODEL = "gemini-2.5-flash";

    @Test
    void messagesBecomeTurnsAndEqualRolesAreMerged() {
        assertThat(body(request(ChatMessage.of(Role.SYSTEM, "Be"), user("a"), user("b"), user(""),
                ChatMessage.of(Role.ASSISTANT, "c"), ChatMessage.of(Role.SYSTEM, "brief"), user("d")), MODEL))
                .isEqualTo(json("""
                        {"systemInstruction":{"parts":[{"text":"Be"},{"text":"brief"}]},
                         "contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]},
                                     {"role":"model","parts":[{"text":"c"}]},
                                     {"role":"user","parts":[{"text":"d"}]}]}"""));
    }

    @ParameterizedTest
    @CsvSource({"gemini-3.5-flash, 2", "gemini-3.6-flash, 3", "gemini-3.5-flash-lite, 3", "gemini-flash-latest, 3"})
    void whereTheModelMayNotHaveTheLastWordTheUserHasIt(String model, int turns) {
        JsonObject body = body(request(user("a"), ChatMessage.of(Role.ASSISTANT, "b")), model);
        assertThat(body.getJsonArray("contents")).hasSize(turns);
        assertThat(body.getJsonArray("contents").getLast().asJsonObject().getString("role"))
                .isEqualTo(turns == 2 ? "model" : "user");
    }

    @ParameterizedTest
    @CsvSource({"gemini-3.8-flash, ASSISTANT, 2", "gemini-2.5-pro, NONE, 3"})
    void whatIsConfiguredOfTheLastWordCounts(String model, PrefillForm form, int turns) {
        Upstream configured = new Upstream("google", model, ApiKey.NONE, "", StreamUsage.ALWAYS, Optional.of(form), Set.of());
        assertThat(json(new GoogleDialect().request(request(user("a"), ChatMessage.of(Role.ASSISTANT, "b")), configured)
                .body()).getJsonArray("contents")).hasSize(turns);
    }

    @Test
    void aCallIsNeverTheFirstTurn() {
        JsonObject body = body(request(calls(new ToolCall("c1", "f", "{}", Optional.empty())), result("c1", "{}"), user("a")), MODEL);
        assertThat(body.getJsonArray("contents").getJsonObject(0)).isEqualTo(
                json("{\"role\":\"user\",\"parts\":[{\"text\":\"(start of the conversation)\"}]}"));
        assertThat(body.getJsonArray("contents")).hasSize(4);
    }

    @Test
    void aPartThatGoogleDoesNotKnowIsRefusedInWords() {
        LlmException refused = catchThrowableOfType(LlmException.class, () -> body(request(new ChatMessage(Role.USER,
                List.of(new ContentPart.Unknown("video_url")), Optional.empty(), List.of(), Optional.empty(), List.of())),
                MODEL));
        assertThat(refused.failure()).isInstanceOf(Failure.InvalidRequest.class);
        assertThat(refused.failure().message()).contains("video_url", "image_url");
    }

    @Test
    void onlyAFileByItsIdAndAnUnknownPartAreUntold() {
        GoogleDialect google = new GoogleDialect();
        assertThat(google.untold(new ContentPart.Unknown("video_url"))).contains("a part of type video_url");
        assertThat(google.untold(new ContentPart.File(Optional.empty(), Optional.of("file-1"), Optional.empty())))
                .contains("a file by its id");
        assertThat(google.untold(new ContentPart.Audio("AAAA", "wav"))).isEmpty();
        assertThat(google.untold(new ContentPart.Text("a"))).isEmpty();
    }

    @Test
    void theLastInstructionAfterAnAnswerIsAskedLikeAQuestion() {
        assertThat(body(request(ChatMessage.of(Role.SYSTEM, "Be brief"), user("a"), ChatMessage.of(Role.ASSISTANT, "b"),
                ChatMessage.of(Role.SYSTEM, "Now sum up"), ChatMessage.of(Role.SYSTEM, "in French")), MODEL))
                .isEqualTo(json("""
                        {"systemInstruction":{"parts":[{"text":"Be brief"}]},
                         "contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},
                                     {"role":"user","parts":[{"text":"Now sum up"},{"text":"in French"}]}]}"""));
    }

    @Test
    void instructionsAloneAreAskedLikeAQuestion() {
        assertThat(body(request(ChatMessage.of(Role.SYSTEM, "Greet")), MODEL)).isEqualTo(
                json("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Greet\"}]}]}"));
    }

    static Stream<Arguments> contentParts() {
        return Stream.of(
                Arguments.of(image(new Media.Inline("image/png", "AAAA")),
                        "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}"),
                Arguments.of(image(new Media.Link("https://x.test/a.b/c.JPG?size=1.png#f")),
                        "{\"fileData\":{\"mimeType\":\"image/jpeg\","
                                + "\"fileUri\":\"https://x.test/a.b/c.JPG?size=1.png#f\"}}"),
                Arguments.of(image(new Media.Link("https://x.test/c")),
                        "{\"fileData\":{\"mimeType\":\"image/*\",\"fileUri\":\"https://x.test/c\"}}"),
                Arguments.of(new ContentPart.Audio("UklG", "wav"),
                        "{\"inlineData\":{\"mimeType\":\"audio/wav\",\"data\":\"UklG\"}}"),
                Arguments.of(new ContentPart.Audio("SUQz", "mp3"),
                        "{\"inlineData\":{\"mimeType\":\"audio/mp3\",\"data\":\"SUQz\"}}"),
                Arguments.of(new ContentPart.File(Optional.of(new Media.Inline("application/pdf", "JVBE")),
                        Optional.empty(), Optional.of("a.pdf")),
                        "{\"inlineData\":{\"mimeType\":\"application/pdf\",\"data\":\"JVBE\"}}"),
                Arguments.of(new ContentPart.Refusal("No."), "{\"text\":\"No.\"}"));
    }

    @Test
    void aMessageOfWhichNothingWouldBeLeftIsRefused() {
        ContentPart uploaded = new ContentPart.File(Optional.empty(), Optional.of("file-1"), Optional.empty());
        assertThatThrownBy(() -> body(request(user("a"), message(Role.USER, List.of(uploaded))), MODEL))
                .isInstanceOfSatisfying(LlmException.class, e -> assertThat(e.failure().message())
                        .contains("'messages[1].content[0]' is a file by its id"));
    }

    @ParameterizedTest
    @MethodSource
    void contentParts(ContentPart part, String expected) {
        assertThat(parts(body(request(message(Role.USER, List.of(part))), MODEL), 0)).containsExactly(json(expected));
    }

    @Test
    void aFileOfAnotherProviderIsLeftOutAndNamed() {
        ContentPart file = new ContentPart.File(Optional.empty(), Optional.of("file-1"), Optional.empty());
        ContentPart image = new ContentPart.Image(new Media.Inline("image/png", "AAAA"), Optional.of("low"));
        var request = request(message(Role.USER, List.of(file, image, new ContentPart.Text("?"))));
        assertThat(parts(body(request, MODEL), 0)).hasSize(2);
        assertThat(dropped(request, MODEL)).containsExactly("detail", "file_id");
    }

    @Test
    @DisplayName("T36: results find their function's name, and those of one round are one turn")
    void callsAndResults() {
        assertThat(body(request(user("?"), calls(call("1", "a", ""), call("2", "b", "{\"x\":[1]}")),
                result("2", " {\"ok\":true}"), result("1", "fine"), user("go on")), MODEL)).isEqualTo(json("""
                {"contents":[{"role":"user","parts":[{"text":"?"}]},
                 {"role":"model","parts":[{"functionCall":{"id":"1","name":"a","args":{}}},
                                          {"functionCall":{"id":"2","name":"b","args":{"x":[1]}}}]},
                 {"role":"user","parts":[{"functionResponse":{"id":"2","name":"b","response":{"ok":true}}},
                                         {"functionResponse":{"id":"1","name":"a","response":{"result":"fine"}}}]},
                 {"role":"user","parts":[{"text":"go on"}]}]}"""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[1,2]|{\"result\":\"[1,2]\"}", "{oops|{\"result\":\"{oops\"}",
        "''|{\"result\":\"\"}", "{\"a\":1} and more|{\"result\":\"{\\\"a\\\":1} and more\"}"})
    void aResultThatIsNoObjectIsWrapped(String text, String response) {
        assertThat(parts(body(request(user("?"), calls(call("1", "a", "{}")), result("1", text)), MODEL), 2).getFirst()
                .asJsonObject().getJsonObject("functionResponse").get("response")).isEqualTo(json(response));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[1]|{\"arguments\":\"[1]\"}", "{\"a\":|{\"arguments\":\"{\\\"a\\\":\"}",
        "' '|{}"})
    void argumentsThatAreNoObjectAreShownAsTheyAre(String arguments, String args) {
        assertThat(parts(body(request(user("?"), calls(call("1", "a", arguments))), MODEL), 1).getFirst()
                .asJsonObject().getJsonObject("functionCall").get("args")).isEqualTo(json(args));
    }

    @Test
    void anIdThatWeMadeIsNotGivenBack() {
        String id = new CallIds().next();
        assertThat(body(request(calls(call(id, "a", "{}")), result(id, "x")), MODEL).toString()).doesNotContain(id);
    }

    @Test
    void aResultWithoutItsCallIsTheClientsError() {
        assertThatThrownBy(() -> body(request(user("?"), result("lost", "x")), MODEL))
                .isInstanceOfSatisfying(LlmException.class, e -> assertThat(e.failure())
                        .isInstanceOf(Failure.InvalidRequest.class).extracting(Failure::message).asString()
                        .contains("'lost'"));
    }

    @Test
    @DisplayName("T39: the signature of a streamed call returns with it in the next turn")
    void aCallsSignatureMakesTheRoundTrip() {
        DecodedAnswer answer = GoogleFixtures.answer(GoogleFixtures.parts(
                "{\"functionCall\":{\"name\":\"a\",\"args\":{\"x\":1}},\"thoughtSignature\":\"c2ln\"}"),
                GoogleFixtures.finish("STOP"));
        ToolCallDelta told = answer.openings().getFirst();
        ChatMessage back = calls(new ToolCall(told.id(), told.name(), told.arguments(), told.extra()));
        assertThat(parts(body(request(user("?"), back, result(told.id(), "y")), "gemini-3-pro-preview"), 1))
                .containsExactly(json(
                        "{\"functionCall\":{\"name\":\"a\",\"args\":{\"x\":1}},\"thoughtSignature\":\"c2ln\"}"));
    }

    @Test
    @DisplayName("T39: signatures of text and thoughts return in their parts")
    void signaturesOfPartsMakeTheRoundTrip() {
        DecodedAnswer answer = GoogleFixtures.answer(
                GoogleFixtures.parts("{\"text\":\"why\",\"thought\":true,\"thoughtSignature\":\"s1\"}",
                        "{\"text\":\"so\"}"),
                GoogleFixtures.parts("{\"text\":\"\",\"thoughtSignature\":\"s2\"}"), GoogleFixtures.finish("STOP"));
        assertThat(parts(body(request(said(answer.text(), answer.reasoningBlocks())), MODEL), 0)).containsExactly(
                json("{\"text\":\"why\",\"thought\":true,\"thoughtSignature\":\"s1\"}"),
                json("{\"text\":\"so\",\"thoughtSignature\":\"s2\"}"));
        assertThat(parts(body(request(said("", answer.reasoningBlocks())), MODEL), 0)).contains(
                json("{\"text\":\"\",\"thoughtSignature\":\"s2\"}"));
    }

    @Test
    @DisplayName("T39: another provider's reasoning and signatures are not given to Google")
    void foreignReasoningIsLeftOut() {
        List<ReasoningBlock> foreign = List.of(new ReasoningBlock("why", "EqoBCkgI", ""),
                new ReasoningBlock("", "EqoBCkgI", ""), new ReasoningBlock("", "", "xyz"));
        assertThat(parts(body(request(said("so", foreign)), MODEL), 0)).containsExactly(json("{\"text\":\"so\"}"));
    }

    @ParameterizedTest
    @CsvSource({"gemini-3-pro-preview, true", "gemini-flash-latest, true", "gemini-2.5-pro, false"})
    @DisplayName("T39: calls of another model are declared as such where Gemini would refuse them")
    void unsignedCallsAreDeclared(String model, boolean declared) {
        List<JsonValue> parts = parts(body(request(user("?"), calls(call("1", "a", "{}"), call("2", "b", "{}"))), model),
                1);
        assertThat(parts.getFirst().asJsonObject().containsKey("thoughtSignature")).isEqualTo(declared);
        assertThat(parts.getLast().asJsonObject().containsKey("thoughtSignature")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}", "{\"google\":null}", "{\"google\":{\"thought_signature\":5}}",
        "{\"google\":{\"thought_signature\":\"\"}}", "{\"other\":{}}"})
    void extrasOfAnotherKindAreIgnored(String extra) {
        ToolCall call = new ToolCall("1", "a", "{}", Optional.of(JsonText.parseObject(extra)));
        assertThat(parts(body(request(user("?"), calls(call)), MODEL), 1))
                .containsExactly(json("{\"functionCall\":{\"id\":\"1\",\"name\":\"a\",\"args\":{}}}"));
    }

    @Test
    void aSpeakersNameIsNamedAsLeftOut() {
        ChatMessage named = new ChatMessage(Role.USER, user("Hi").content(), Optional.of("ada"), List.of(),
                Optional.empty(), List.of());
        assertThat(dropped(request(named), MODEL)).containsExactly("name");
    }

    private static ContentPart image(Media media) {
        return new ContentPart.Image(media, Optional.empty());
    }

    private static ChatMessage message(Role role, List<ContentPart> content) {
        return new ChatMessage(role, content, Optional.empty(), List.of(), Optional.empty(), List.of());
    }

    private static ChatMessage said(String text, List<ReasoningBlock> reasoning) {
        return new ChatMessage(Role.ASSISTANT, List.of(new ContentPart.Text(text)), Optional.empty(), List.of(),
                Optional.empty(), reasoning);
    }

    private static List<JsonValue> parts(JsonObject body, int turn) {
        return body.getJsonArray("contents").getJsonObject(turn).getJsonArray("parts");
    }
}
