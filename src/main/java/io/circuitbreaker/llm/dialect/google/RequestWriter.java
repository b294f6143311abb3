package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Writes one request, and notes the client's parameters that have no place in it. */
final class RequestWriter {

    static final String KEY_HEADER = "x-goog-api-key";

    /** The client's parameters that are translated, here or by the classes that write the body's parts. */
    private static final Set<String> TRANSLATED = Set.of("model", "messages", "stream", "stream_options", "temperature",
            "top_p", "top_k", "max_tokens", "max_completion_tokens", "stop", "seed", "presence_penalty",
            "frequency_penalty", "n", "response_format", "reasoning_effort", "tools", "tool_choice",
            "parallel_tool_calls");

    private final LlmRequest request;
    private final Upstream upstream;
    private final GeminiModel model;
    private final Set<String> dropped = new TreeSet<>();

    RequestWriter(LlmRequest request, Upstream upstream) {
        this.request = request;
        this.upstream = upstream;
        this.model = new GeminiModel(upstream.model());
    }

    UpstreamRequest write() {
        JsonObjectBuilder body = JsonText.JSON.createObjectBuilder();
        new Contents(model, upstream.takesPrefill(model::takesPrefill), dropped).write(request.conversation(), body);
        new Tools(dropped).write(request, body);
        JsonObject generation = new GenerationConfig(dropped).of(request, model, !upstream.concedes(Concession.PENALTIES));
        if (!generation.isEmpty()) {
            body.add("generationConfig", generation);
        }
        noteUntranslated();
        if (request.responseFormat().isEmpty() && request.source().get("response_format") instanceof JsonObject) {
            dropped.add("response_format");
        }
        String path = "/v1beta/" + model.path() + ":streamGenerateContent?alt=sse";
        return new UpstreamRequest(path, headers(), body.build().toString(), List.copyOf(dropped));
    }

    private void noteUntranslated() {
        request.source().forEach((name, value) -> {
            if (value != JsonValue.NULL && !TRANSLATED.contains(name) && !asksForNothing(name, value)) {
                dropped.add(name);
            }
        });
    }

    /** Google has probabilities of its own, which few models give and which we do not translate back. */
    private static boolean asksForNothing(String name, JsonValue value) {
        return name.equals("logprobs") && value == JsonValue.FALSE;
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/json");
        headers.put("accept", "text/event-stream");
        headers.putAll(upstream.keyHeader(KEY_HEADER));
        return headers;
    }
}
