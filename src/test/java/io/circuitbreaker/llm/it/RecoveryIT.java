package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that break off on their way, and who goes on with them, over sockets and in all languages. */
class RecoveryIT extends DeployedRouter {

    private static final int TOKENS = 60;
    private static final int CUT = 40;
    private static final String[] STORY = IntStream.range(0, TOKENS).mapToObj(i -> i == 0 ? "word0" : " word" + i)
            .toArray(String[]::new);
    private static final String WHOLE = String.join("", STORY);
    private static final String DELIVERED = String.join("", Arrays.copyOf(STORY, CUT));

    @AfterEach
    void keepBreakersClosed() {
        Fake.VENDORS.forEach(Fake::settleBreaker);
    }

    static Stream<Arguments> pairs() {
        return Fake.VENDORS.stream().flatMap(first -> Fake.VENDORS.stream().map(second -> Arguments.of(first, second)));
    }

    private static String[] rest() {
        return Arrays.copyOfRange(STORY, CUT, TOKENS);
    }

    private static FakeReply begun(Fake fake) {
        return fake.wire().said(Arrays.copyOf(STORY, CUT));
    }

    private static String request(String more, String... models) {
        String fallbacks = JsonText.JSON.createArrayBuilder(List.of(models)).build().toString();
        return Router.chat(models[0], "Tell me", ",\"models\":" + fallbacks + more);
    }

    private static Events stream(String... models) {
        return Events.of(Router.post(request(",\"stream\":true,\"stream_options\":{\"include_usage\":true}", models),
                "X-LLM-Recovery", "continue").body());
    }

    /** Asserts that a client takes it for one answer. */
    private static void assertWhole(Events events, Fake first, Fake second) {
        assertThat(events.text()).isEqualTo(WHOLE);
        assertThat(events.data()).endsWith(Events.DONE).containsOnlyOnce(Events.DONE);
        assertThat(events.json().stream().map(chunk -> chunk.getString("id")).distinct()).hasSize(1);
        assertThat(events.json().stream().map(chunk -> chunk.getJsonNumber("created")).distinct()).hasSize(1);
        List<JsonObject> choices = events.json().stream().filter(chunk -> !chunk.getJsonArray("choices").isEmpty())
                .map(chunk -> chunk.getJsonArray("choices").getJsonObject(0)).toList();
        assertThat(choices.stream().filter(choice -> !choice.isNull("finish_reason"))).as("finishes").hasSize(1);
        assertThat(choices.stream().filter(choice -> choice.getJsonObject("delta").containsKey("role"))).hasSize(1);
        List<JsonObject> marked = events.json().stream().filter(chunk -> chunk.containsKey("continuation")).toList();
        assertThat(marked).hasSize(1);
        assertThat(marked.getFirst().getString("provider")).isEqualTo(second.configuredName());
        assertThat(marked.getFirst().getJsonArray("choices")).hasSize(1);
        assertThat(marked.getFirst().getJsonObject("continuation").getString("from"))
                .startsWith(first.configuredName() + "/");
        List<JsonObject> usages = events.json().stream().filter(chunk -> chunk.get("usage") instanceof JsonObject).toList();
        assertThat(usages).as("usage chunks").hasSize(1);
    }

    private static int completionTokens(Events events) {
        return events.json().getLast().getJsonObject("usage").getInt("completion_tokens");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("T18 T19 T25, scenarios 8 and 16: cut at 40 of 60 tokens, gone on with at 41, counted once")
    void cutInTheMiddle(Fake first, Fake second) {
        String broken = first.serving(begun(first).cut());
        String next = second.serving(second.wire().answer(rest()));
        Events events = stream(broken, next);

        assertWhole(events, first, second);
        assertThat(completionTokens(events)).isEqualTo(TOKENS);
        assertThat(first.requests(broken)).hasSize(1);
        assertThat(second.requests(next)).hasSize(1);

        HttpResponse<String> unary = Router.post(request("", broken, next), "X-LLM-Recovery", "continue");
        JsonObject whole = JsonText.parseObject(unary.body());
        assertThat(unary.statusCode()).isEqualTo(200);
        assertThat(whole.getJsonArray("choices").getJsonObject(0).getJsonObject("message").getString("content"))
                .isEqualTo(WHOLE);
        assertThat(whole.getJsonArray("choices").getJsonObject(0).getString("finish_reason")).isEqualTo("stop");
        assertThat(whole.getJsonObject("usage").getInt("completion_tokens")).isEqualTo(TOKENS);
        assertThat(whole.getString("provider")).isEqualTo(second.configuredName());
        assertThat(whole.getJsonArray("continuations").getJsonObject(0)).isEqualTo(JsonText.parseObject(
                "{\"from\":" + JsonText.quote(broken) + ",\"reason\":\"closed early\"}"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("T19: an error event on the way, and another who begins the whole answer anew")
    void errorEventAndANewBeginning(Fake first, Fake second) {
        String broken = first.serving(begun(first).send(first.wire().errorEvent("it broke")));
        String next = second.serving(second.wire().answer(STORY));
        Events events = stream(broken, next);

        assertWhole(events, first, second);
        assertThat(first.requests(broken)).hasSize(1);
        assertThat(second.requests(next)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("T20: who is asked to go on gets what was delivered, as its language and its model take it")
    void whatIsAsked(Fake first, Fake second) {
        String next = second.serving(second.wire().answer(rest()));
        stream(first.serving(begun(first).cut()), next);

        JsonObject asked = second.requests(next).getFirst().json();
        JsonArray turns = asked.getJsonArray(second == Fake.GOOGLE ? "contents" : "messages");
        // OpenAI's are told in words; the fake's models are no Claude from 4.6 on and no OpenAI's.
        JsonObject last = turns.getJsonObject(second == Fake.OPENAI ? turns.size() - 2 : turns.size() - 1);
        assertThat(last.getString("role")).isEqualTo(second == Fake.GOOGLE ? "model" : "assistant");
        assertThat(last.toString()).contains(DELIVERED);
        assertThat(turns).hasSize(second == Fake.OPENAI ? 3 : 2);
        assertThat(asked.toString()).doesNotContain("system");
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("scenario 14: who refuses the beginning of its answer is asked in words, once")
    void refusedPrefill(Fake first, Fake second) {
        String next = second.serving(second.wire().refusal(400, "the conversation must end with a user message"),
                second.wire().answer(rest()));
        String broken = first.serving(begun(first).cut());
        String third = Fake.OPENAI.serving(Wire.OPENAI.answer(rest()));
        Events events = stream(broken, next, third);

        // OpenAI's were told in words at once, so that there is nothing else to ask them.
        boolean again = second != Fake.OPENAI;
        assertWhole(events, first, again ? second : Fake.OPENAI);
        assertThat(second.requests(next)).hasSize(again ? 2 : 1);
        assertThat(Fake.OPENAI.requests(third)).hasSize(again ? 0 : 1);
        assertThat(first.requests(broken)).hasSize(1);
    }

    @Test
    @DisplayName("scenario 9: a stall on the way ends by the idle deadline, and another goes on")
    void stall() {
        String broken = Fake.IMPATIENT.serving(begun(Fake.IMPATIENT).stall());
        String next = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer(rest()));
        Events events = stream(broken, next);

        assertWhole(events, Fake.IMPATIENT, Fake.ANTHROPIC);
        assertThat(events.json().stream().filter(chunk -> chunk.containsKey("continuation")).toList().getFirst()
                .getJsonObject("continuation").getString("reason")).isEqualTo("no progress in time (idle deadline)");
        Fake.IMPATIENT.awaitQuiet();
    }

    @Test
    @DisplayName("T42: what was delivered is with the client while another is being asked")
    void nothingIsHeldBackWhileAnotherIsAsked() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        String broken = Fake.OPENAI.serving(begun(Fake.OPENAI).cut());
        String next = Fake.GOOGLE.serving(Wire.GOOGLE.answer(rest()).awaitLatchBeforeHead(read));
        String body = request(",\"stream\":true", broken, next);
        try (SocketClient client = SocketClient.connect().post(body, "X-LLM-Recovery: continue\r\n")) {
            assertThat(client.readTo("word39\"")).doesNotContain("continuation");
            read.countDown();
            assertThat(client.readTo("[DONE]\n\n")).contains("continuation", "word59");
        }
    }

    @Test
    @DisplayName("T22: all break: each is asked three times, the client has all words once, and the truth")
    void allBreak() {
        String first = Fake.OPENAI.serving(Wire.OPENAI.said("One", " two").cut());
        String second = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.said(" three", " four").cut());
        Events events = stream(first, second);

        events.assertFailed("stream_closed_early");
        assertThat(events.text()).startsWith("One two three four");
        assertThat(Fake.OPENAI.requests(first)).hasSize(3);
        assertThat(Fake.ANTHROPIC.requests(second)).hasSize(3);
        assertThat(Router.post(request("", first, second), "X-LLM-Recovery", "continue").statusCode()).isEqualTo(502);
    }

    @Test
    @DisplayName("T19: without the wish, and for structured output, a broken answer ends with the truth")
    void notWithoutTheWish() {
        String broken = Fake.OPENAI.serving(begun(Fake.OPENAI).cut());
        String next = Fake.GOOGLE.serving(Wire.GOOGLE.answer(rest()));
        Events.of(Router.post(request(",\"stream\":true", broken, next)).body()).assertFailed("stream_closed_early");
        Events.of(Router.post(request(",\"stream\":true,\"response_format\":{\"type\":\"json_object\"}", broken, next),
                "X-LLM-Recovery", "continue").body()).assertFailed("stream_closed_early");
        assertThat(Fake.GOOGLE.requests(next)).isEmpty();
    }

    @Test
    @DisplayName("OpenAI's own client takes it for one answer")
    void openAisClientReadsIt() {
        String broken = Fake.OPENAI.serving(begun(Fake.OPENAI).cut());
        String next = Fake.OPENAI.serving(Wire.OPENAI.answer(rest()));
        ChatCompletionCreateParams.Builder params = ChatCompletionCreateParams.builder().model(broken).addUserMessage("Tell me")
                .putAdditionalHeader("X-LLM-Recovery", "continue")
                .putAdditionalBodyProperty("models", JsonValue.from(List.of(broken, next)));
        ClientAnswer unary = ClientAnswer.of(Router.openAi().chat().completions().create(params.build()));
        params.streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
        ClientAnswer answer;
        try (StreamResponse<ChatCompletionChunk> stream =
                     Router.openAi().chat().completions().createStreaming(params.build())) {
            answer = ClientAnswer.of(stream.stream());
        }
        assertThat(answer.choices().get(0L).text()).isEqualTo(WHOLE);
        assertThat(answer.choices().get(0L).finish()).isEqualTo("stop");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(TOKENS);
        assertThat(unary.choices().get(0L).text()).isEqualTo(WHOLE);
        assertThat(unary.usage().orElseThrow().completionTokens()).isEqualTo(TOKENS);
    }

    @Test
    @DisplayName("the demo shows it without a key")
    void theDemoShowsIt() {
        Events events = stream("demo-cut", "demo");
        assertThat(events.isDone()).isTrue();
        assertThat(events.text()).startsWith("This is the demo provider").endsWith("give me tools to call.");
        assertThat(events.text().indexOf("This is the demo", 1)).as("said twice").isNegative();
    }

    @Test
    @DisplayName("T05: nothing is left behind")
    void nothingIsLeftBehind() {
        stream(Fake.OPENAI.serving(begun(Fake.OPENAI).cut()), Fake.GOOGLE.serving(Wire.GOOGLE.answer(rest())));
        Fake.OPENAI.awaitQuiet();
        Fake.GOOGLE.awaitQuiet();
        Fake.OPENAI.provider().awaitActiveStreams(0, Duration.ofSeconds(5));
        assertThat(Router.figure("llm_provider_streams_active", "")).hasValue(0);
    }
}
