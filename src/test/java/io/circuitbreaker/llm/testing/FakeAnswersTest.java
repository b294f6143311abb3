package io.circuitbreaker.llm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseListener;
import io.circuitbreaker.llm.sse.SseParser;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The ready-made answers and events are what the vendors' documents say. */
@Timeout(30)
class FakeAnswersTest {

    static final List<String> JSON_EVENTS = List.of(
            OpenAiEvents.reasoning("\"\n"), OpenAiEvents.refusal("no"), OpenAiEvents.toolCall(0, "c", "f"),
            OpenAiEvents.toolArguments(0, "{\"a\":"), OpenAiEvents.error("m", "server_error", "c"),
            AnthropicEvents.thinkingStart(0), AnthropicEvents.thinking(0, "\\"), AnthropicEvents.signature(0, "s"),
            AnthropicEvents.toolStart(1, "t", "f"), AnthropicEvents.toolInput(1, "{\"a\":"),
            AnthropicEvents.error("Overloaded", "overloaded_error"), GoogleEvents.text("a"),
            GoogleEvents.text("a", 1, 2), GoogleEvents.thought("a"), GoogleEvents.functionCall("f", "{\"a\":1}"),
            GoogleEvents.blocked("SAFETY"), GoogleEvents.error(503, "m", "UNAVAILABLE"));

    @AutoClose
    private final FakeProvider provider = FakeProvider.start();

    @AutoClose
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void openAiAnswerHasRoleContentsFinishUsageAndDone() throws Exception {
        List<SseEvent> events = events(FakeReply.openAi("Hel", "l\"ö"));
        assertThat(events).hasSize(6);
        assertThat(events.getLast().data()).isEqualTo("[DONE]");
        List<JsonObject> chunks = events.stream().limit(5).map(event -> JsonText.parseObject(event.data())).toList();
        assertThat(chunks.stream().limit(3).map(chunk -> choice(chunk).getJsonObject("delta").getString("content")))
                .containsExactly("", "Hel", "l\"ö");
        assertThat(choice(chunks.get(3)).getString("finish_reason")).isEqualTo("stop");
        assertThat(chunks.get(4).getJsonArray("choices")).isEmpty();
        assertThat(chunks.get(4).getJsonObject("usage").getInt("total_tokens")).isEqualTo(7);
    }

    @Test
    void anthropicAnswerHasItsEventsInOrder() throws Exception {
        List<SseEvent> events = events(FakeReply.anthropic("Hel", "lo"));
        assertThat(events).extracting(SseEvent::type).containsExactly("message_start", "content_block_start", "ping",
                "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop");
        assertThat(events).allSatisfy(event -> assertThat(JsonText.parseObject(event.data()).getString("type"))
                .isEqualTo(event.type()));
    }

    @Test
    void googleAnswerFinishesBesideItsLastText() throws Exception {
        List<JsonObject> chunks = events(FakeReply.google("Hel", "lo")).stream()
                .map(event -> JsonText.parseObject(event.data())).toList();
        assertThat(chunks.stream().map(chunk -> candidate(chunk).getJsonObject("content").getJsonArray("parts")
                .getJsonObject(0).getString("text"))).containsExactly("Hel", "lo");
        assertThat(candidate(chunks.getFirst())).doesNotContainKey("finishReason");
        assertThat(candidate(chunks.getLast()).getString("finishReason")).isEqualTo("STOP");
        assertThat(chunks.getLast().getJsonObject("usageMetadata").getInt("totalTokenCount")).isEqualTo(7);
    }

    @ParameterizedTest
    @FieldSource("JSON_EVENTS")
    void eventIsOneEventOfValidJson(String text) {
        List<SseEvent> events = parse(text.getBytes(UTF_8));
        assertThat(events).hasSize(1);
        assertThat(JsonText.parseObject(events.getFirst().data())).isNotEmpty();
    }

    @Test
    void errorBodiesAreValidJsonAndTheUnframedOneIsNoEvent() {
        assertThat(Stream.of(OpenAiEvents.errorBody("m", "t", "c"), AnthropicEvents.errorBody("m", "t"),
                GoogleEvents.errorBody(400, "m", "INVALID_ARGUMENT")).map(JsonText::parseObject))
                .allSatisfy(body -> assertThat(body).containsKey("error"));
        assertThat(parse(GoogleEvents.unframedError(503, "m", "UNAVAILABLE").getBytes(UTF_8))).isEmpty();
        assertThat(parse(OpenAiEvents.comment("keep-alive").getBytes(UTF_8))).isEmpty();
    }

    @Test
    void replayedBodyIsTheRecordedOneHoweverItIsCut() throws Exception {
        byte[] recorded = String.join("", AnthropicEvents.answer("日本", "語", "🙂".repeat(100))).getBytes(UTF_8);
        assertThat(body(FakeReply.replay(recorded))).isEqualTo(recorded);
        assertThat(body(FakeReply.replayInPieces(recorded, 42))).isEqualTo(recorded);
        assertThat(Pieces.random(recorded, 64, 42)).usingRecursiveComparison()
                .isEqualTo(Pieces.random(recorded, 64, 42));
    }

    private List<SseEvent> events(FakeReply reply) throws Exception {
        return parse(body(reply));
    }

    private byte[] body(FakeReply reply) throws Exception {
        provider.reply(reply);
        return client.send(HttpRequest.newBuilder(URI.create(provider.baseUrl())).build(), BodyHandlers.ofByteArray())
                .body();
    }

    private static List<SseEvent> parse(byte[] body) {
        List<SseEvent> events = new ArrayList<>();
        SseListener listener = new SseListener() {
            @Override
            public void event(SseEvent event) {
                events.add(event);
            }

            @Override
            public void ignored(String line) {
                // Only events are of interest.
            }
        };
        new SseParser(listener).feed(body, 0, body.length);
        return events;
    }

    private static JsonObject choice(JsonObject chunk) {
        return chunk.getJsonArray("choices").getJsonObject(0);
    }

    private static JsonObject candidate(JsonObject chunk) {
        return chunk.getJsonArray("candidates").getJsonObject(0);
    }
}
