package io.circuitbreaker.llm.dialect.google;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests and streams, as short as tests can say them. */
final class GoogleFixtures {

    static final StreamHead FALLBACK = new StreamHead("fallback", 1_700_000_000, "asked-for", "google");

    private GoogleFixtures() {
    }

    static ChunkReader reader() {
        return reader(1);
    }

    /** Of an answer for which so many candidates were asked. */
    static ChunkReader reader(int choices) {
        return new GoogleChunkReader(FALLBACK, choices, new CallIds("test"));
    }

    /** Runs chunks, given as JSON, through a reader to the end of the stream. */
    static DecodedAnswer answer(String... chunks) {
        return DecodedAnswer.of(sse(chunks).getBytes(UTF_8), reader());
    }

    static String sse(String... chunks) {
        StringBuilder body = new StringBuilder();
        for (String chunk : chunks) {
            body.append("data: ").append(chunk).append("\r\n\r\n");
        }
        return body.toString();
    }

    /** A chunk whose one candidate has these parts, given as JSON. */
    static String parts(String... parts) {
        return "{\"candidates\":[{\"content\":{\"parts\":[" + String.join(",", parts) + "],\"role\":\"model\"}}]}";
    }

    static String text(String text) {
        return parts("{\"text\":" + JsonText.quote(text) + "}");
    }

    static String finish(String reason) {
        return "{\"candidates\":[{\"finishReason\":\"" + reason + "\"}]}";
    }

    static List<StreamingChunk> read(ChunkReader reader, String chunk) {
        List<StreamingChunk> chunks = new ArrayList<>();
        reader.read(new SseEvent(SseEvent.DEFAULT_TYPE, chunk, ""), chunks::add);
        return chunks;
    }

    static List<StreamingChunk> end(ChunkReader reader) {
        List<StreamingChunk> chunks = new ArrayList<>();
        reader.end(chunks::add);
        return chunks;
    }

    static JsonObject json(String text) {
        return JsonText.parseObject(text);
    }

    static Upstream upstream(String model) {
        return new Upstream("google", model, new ApiKey("test-key-0123456789"), "");
    }

    static LlmRequest request(ChatMessage... messages) {
        return request(JsonValue.EMPTY_JSON_OBJECT, Sampling.DEFAULTS, Tooling.NONE, Optional.empty(), Optional.empty(),
                messages);
    }

    static LlmRequest request(JsonObject source, Sampling sampling, Tooling tooling, Optional<ResponseFormat> format,
                              Optional<String> effort, ChatMessage... messages) {
        return new LlmRequest("openai", source, "google/any", List.of(messages), sampling, tooling, format, effort,
                Optional.empty(), Map.of(), true, false);
    }

    static ChatMessage user(String text) {
        return ChatMessage.of(Role.USER, text);
    }

    static ChatMessage calls(ToolCall... calls) {
        return new ChatMessage(Role.ASSISTANT, List.of(), Optional.empty(), List.of(calls), Optional.empty(),
                List.of());
    }

    static ChatMessage result(String callId, String text) {
        return new ChatMessage(Role.TOOL, ChatMessage.of(Role.TOOL, text).content(), Optional.empty(), List.of(),
                Optional.of(callId), List.of());
    }

    static ToolCall call(String id, String name, String arguments) {
        return new ToolCall(id, name, arguments, Optional.empty());
    }

    /** The body that goes to this model. */
    static JsonObject body(LlmRequest request, String model) {
        return json(new GoogleDialect().request(request, upstream(model)).body());
    }

    static List<String> dropped(LlmRequest request, String model) {
        return new GoogleDialect().request(request, upstream(model)).dropped();
    }
}
