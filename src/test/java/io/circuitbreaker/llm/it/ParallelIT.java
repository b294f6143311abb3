package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several models answer one request side by side, in three languages at once. */
class ParallelIT extends DeployedRouter {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String PARALLEL = "X-LLM-Parallel";

    @AfterEach
    void nothingIsLeft() {
        Fake.VENDORS.forEach(Fake::awaitQuiet);
    }

    private static String[] allAnswering() {
        return Fake.VENDORS.stream().map(fake -> fake.serving(fake.wire().answer("I am ", fake.configuredName())))
                .toArray(String[]::new);
    }

    private static String asking(boolean stream, String more, String... models) {
        String others = Arrays.stream(models).skip(1).map(JsonText::quote).collect(Collectors.joining(","));
        return Router.chat(models[0], "Hi", ",\"models\":[" + others + "],\"stream\":" + stream + more);
    }

    private static ChatCompletionCreateParams.Builder params(String... models) {
        return ChatCompletionCreateParams.builder().model(models[0]).addUserMessage("Hi")
                .putAdditionalBodyProperty("models", JsonValue.from(List.of(models).subList(1, models.length)))
                .putAdditionalHeader(PARALLEL, Integer.toString(models.length));
    }

    private static void assertAllAnswered(ClientAnswer answer) {
        assertThat(answer.choices().keySet()).containsExactly(0L, 1L, 2L);
        answer.choices().forEach((index, choice) -> {
            assertThat(choice.text()).isEqualTo("I am " + Fake.VENDORS.get(index.intValue()).configuredName());
            assertThat(choice.finish()).isEqualTo("stop");
        });
        assertThat(answer.usage().orElseThrow().promptTokens()).isEqualTo(15);
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(6);
    }

    @Test
    void openAisClientReadsAStreamOfSeveral() {
        ChatCompletionCreateParams params = params(allAnswering())
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        try (StreamResponse<ChatCompletionChunk> stream =
                Router.openAi().chat().completions().createStreaming(params)) {
            assertAllAnswered(ClientAnswer.of(stream.stream()));
        }
    }

    @Test
    @DisplayName("T18: unary is the same answer, and each choice says whose it is")
    void openAisClientReadsADocumentOfSeveral() {
        ChatCompletion whole = Router.openAi().chat().completions().create(params(allAnswering()).build());
        assertAllAnswered(ClientAnswer.of(whole));
        assertThat(whole.choices()).extracting(choice -> choice._additionalProperties().get("provider"))
                .containsExactly(JsonValue.from("openai"), JsonValue.from("anthropic"), JsonValue.from("google"));
        assertThat(whole.choices()).allSatisfy(choice ->
                assertThat(choice._additionalProperties()).containsKey("model"));
    }

    @Test
    void eachChunkIsOfTheOneAnswerAndSaysWhoSpeaks() {
        String[] models = allAnswering();
        HttpResponse<String> response = Router.post(asking(true, "", models), PARALLEL, "3");
        Events events = Events.of(response.body());

        assertThat(response.headers().firstValue("x-llm-provider")).contains("openai, anthropic, google");
        assertThat(response.headers().firstValue("x-llm-model").orElseThrow().split(", ")).hasSize(3);
        assertThat(events.data()).endsWith(Events.DONE);
        assertThat(events.json()).extracting(chunk -> chunk.getString("id")).doesNotContain("").hasSizeGreaterThan(8);
        assertThat(events.json().stream().map(chunk -> chunk.getString("id")).distinct()).hasSize(1);
        assertThat(events.json()).allSatisfy(chunk -> assertThat(chunk.getString("provider"))
                .isEqualTo(Fake.VENDORS.get(chunk.getJsonArray("choices").getJsonObject(0).getInt("index"))
                        .configuredName()));
        for (int i = 0; i < 3; i++) {
            assertThat(Fake.VENDORS.get(i).requests(models[i])).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoBreaksOffDoesNotHurtTheOthers(boolean stream) {
        String broken = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.said("so far").cut());
        String fine = Fake.OPENAI.serving(Wire.OPENAI.answer("fi", "ne"));
        HttpResponse<String> response = Router.post(asking(stream, "", broken, fine), PARALLEL, "2");

        assertThat(response.statusCode()).isEqualTo(200);
        List<JsonObject> finals = finishes(response, stream);
        assertThat(finals.get(0).getString("finish_reason")).isEqualTo("error");
        assertThat(finals.get(0).getJsonObject("error").getString("code")).isEqualTo("stream_closed_early");
        assertThat(finals.get(1).getString("finish_reason")).isEqualTo("stop");
        assertThat(finals.get(1)).doesNotContainKey("error");
    }

    /** Of each choice what has its finish: the only one. */
    private static List<JsonObject> finishes(HttpResponse<String> response, boolean stream) {
        if (!stream) {
            return JsonText.parseObject(response.body()).getJsonArray("choices").getValuesAs(JsonObject.class);
        }
        Events events = Events.of(response.body());
        assertThat(events.isDone()).isTrue();
        List<JsonObject> ends = events.json().stream().map(chunk -> chunk.getJsonArray("choices"))
                .map(choices -> choices.getJsonObject(0)).filter(choice -> !choice.isNull("finish_reason")).toList();
        assertThat(ends).hasSize(2);
        return IntStream.range(0, 2).mapToObj(index -> ends.stream()
                .filter(choice -> choice.getInt("index") == index).findFirst().orElseThrow()).toList();
    }

    @Test
    void whoFailsBeforeItsTokenIsReplaced() {
        String limited = Fake.GOOGLE.serving(Wire.GOOGLE.refusal(429, "slow down").header("retry-after", "60"));
        String fine = Fake.OPENAI.serving(Wire.OPENAI.answer("fine"));
        String spare = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("spare"));
        Events events = Events.of(Router.post(asking(true, "", limited, fine, spare), PARALLEL, "2").body());
        assertThat(events.isDone()).isTrue();
        assertThat(choice(events, 0)).isEqualTo("spare");
        assertThat(choice(events, 1)).isEqualTo("fine");
    }

    private static String choice(Events events, int index) {
        return events.json().stream().filter(event -> !event.containsKey("error"))
                .map(chunk -> chunk.getJsonArray("choices").getJsonObject(0)).filter(choice -> choice.getInt("index") == index)
                .map(choice -> choice.getJsonObject("delta").getString("content", "")).collect(Collectors.joining());
    }

    @Test
    @DisplayName("T23: if none of them gives a token, the answer has a status")
    void ifNoneAnswersThereIsAStatus() {
        String first = Fake.OPENAI.serving(Wire.OPENAI.refusal(429, "slow down").header("retry-after", "60"));
        String second = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.refusal(429, "slow down").header("retry-after", "60"));
        HttpResponse<String> response = Router.post(asking(true, "", first, second), PARALLEL, "2");
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("2");
    }

    @Test
    @DisplayName("Never a truncated success: if all break off, the stream ends with one error and without [DONE]")
    void ifAllBreakOffTheStreamFails() {
        String first = Fake.OPENAI.serving(Wire.OPENAI.said("so").cut());
        String second = Fake.GOOGLE.serving(Wire.GOOGLE.said("far").cut());
        Events events = Events.of(Router.post(asking(true, "", first, second), PARALLEL, "2").body());
        events.assertFailed("stream_closed_early");
        assertThat(choice(events, 0)).isEqualTo("so");
        assertThat(choice(events, 1)).isEqualTo("far");
    }

    @Test
    void severalChoicesOfEachAreRefused() {
        HttpResponse<String> response = Router.post(asking(true, ",\"n\":2", allAnswering()), PARALLEL, "2");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Router.error(response).getString("param")).isEqualTo("n");
    }

    @Test
    @DisplayName("T01: a client that leaves lets go of all who speak, also of those who wait for it to read")
    void aClientThatLeavesEndsAll() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        byte[] token = Wire.OPENAI.token("more").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        String flowing = Fake.OPENAI.serving(Wire.OPENAI.said("so far").trickle(Duration.ofMillis(5), token));
        String silent = Fake.GOOGLE.serving(FakeReply.sse().awaitLatchBeforeHead(never));
        SocketClient client = SocketClient.connect().post(asking(true, "", flowing, silent), PARALLEL + ": 2\r\n");
        client.readTo("more");
        client.reset();
        Fake.OPENAI.provider().awaitDisconnect(SOON);
        Fake.GOOGLE.provider().awaitDisconnect(SOON);
    }
}
