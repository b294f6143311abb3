package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A client's request, put together step by step, and what becomes of it. */
final class OpenAiRequests {

    static final String BUDGET_MODEL = "claude-sonnet-4-5-20250929";
    static final String ADAPTIVE_MODEL = "claude-opus-4-6";

    private final List<ChatMessage> messages = new ArrayList<>();
    private final List<ToolDefinition> tools = new ArrayList<>();
    private String model = BUDGET_MODEL;
    private JsonObject source = JsonValue.EMPTY_JSON_OBJECT;
    private OptionalDouble temperature = OptionalDouble.empty();
    private OptionalDouble topP = OptionalDouble.empty();
    private OptionalInt topK = OptionalInt.empty();
    private OptionalInt maxTokens = OptionalInt.empty();
    private List<String> stop = List.of();
    private Optional<ToolChoice> choice = Optional.empty();
    private Optional<Boolean> parallel = Optional.empty();
    private Optional<ResponseFormat> format = Optional.empty();
    private Optional<String> effort = Optional.empty();
    private Optional<String> user = Optional.empty();

    static OpenAiRequests to(String model) {
        OpenAiRequests request = new OpenAiRequests();
        request.model = model;
        return request;
    }

    static OpenAiRequests request() {
        return to(BUDGET_MODEL);
    }

    static ChatMessage message(Role role, ContentPart... parts) {
        return new ChatMessage(role, List.of(parts), Optional.empty(), List.of(), Optional.empty(), List.of());
    }

    static ChatMessage calling(String text, List<ReasoningBlock> reasoning, ToolCall... calls) {
        List<ContentPart> content = text.isEmpty() ? List.of() : List.of(new ContentPart.Text(text));
        return new ChatMessage(Role.ASSISTANT, content, Optional.empty(), List.of(calls), Optional.empty(), reasoning);
    }

    static ToolCall call(String id, String name, String arguments) {
        return new ToolCall(id, name, arguments, Optional.empty());
    }

    static ChatMessage result(String id, ContentPart... parts) {
        return new ChatMessage(Role.TOOL, List.of(parts), Optional.empty(), List.of(), Optional.of(id), List.of());
    }

    OpenAiRequests says(Role role, String text) {
        return with(ChatMessage.of(role, text));
    }

    OpenAiRequests with(ChatMessage message) {
        messages.add(message);
        return this;
    }

    OpenAiRequests with(ToolDefinition tool) {
        tools.add(tool);
        return this;
    }

    OpenAiRequests tool(String name) {
        return with(new ToolDefinition(name, Optional.empty(), Optional.empty(), false));
    }

    OpenAiRequests source(String json) {
        source = JsonText.parseObject(json);
        return this;
    }

    OpenAiRequests temperature(double value) {
        temperature = OptionalDouble.of(value);
        return this;
    }

    OpenAiRequests topP(double value) {
        topP = OptionalDouble.of(value);
        return this;
    }

    OpenAiRequests topK(int value) {
        topK = OptionalInt.of(value);
        return this;
    }

    OpenAiRequests maxTokens(int value) {
        maxTokens = OptionalInt.of(value);
        return this;
    }

    OpenAiRequests stop(String... texts) {
        stop = List.of(texts);
        return this;
    }

    OpenAiRequests choice(ToolChoice value) {
        choice = Optional.of(value);
        return this;
    }

    OpenAiRequests parallel(boolean value) {
        parallel = Optional.of(value);
        return this;
    }

    OpenAiRequests format(ResponseFormat value) {
        format = Optional.of(value);
        return this;
    }

    OpenAiRequests effort(String value) {
        effort = Optional.of(value);
        return this;
    }

    OpenAiRequests user(String value) {
        user = Optional.of(value);
        return this;
    }

    UpstreamRequest written() {
        return written(new ApiKey("sk-test"), "");
    }

    UpstreamRequest written(ApiKey key, String keyHeader) {
        Sampling none = Sampling.DEFAULTS;
        Sampling sampling = new Sampling(temperature, topP, topK, maxTokens, stop, none.seed(), none.frequencyPenalty(),
                none.presencePenalty(), 1, false, none.topLogprobs());
        List<ChatMessage> said = messages.isEmpty() ? List.of(ChatMessage.of(Role.USER, "Hello")) : messages;
        LlmRequest request = new LlmRequest("openai", source, "claudia/any", said, sampling,
                new Tooling(tools, choice, parallel), format, effort, user, Map.of(), true, true);
        return new AnthropicDialect().request(request, new Upstream("claudia", model, key, keyHeader));
    }

    JsonObject body() {
        return JsonText.parseObject(written().body());
    }

    /** The one member that is looked at, as JSON text. */
    String member(String name) {
        return body().get(name).toString();
    }

    List<String> dropped() {
        return written().dropped();
    }
}
