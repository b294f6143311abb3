package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonArray;
import jakarta.json.JsonObjectBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the request for a stream: what the client's parameters become, and the names of those that become nothing. */
final class AnthropicRequestWriter {

    private static final String PATH = "/v1/messages";
    private static final String VERSION = "2023-06-01";
    /** Without it the API knows no {@code block_binding}. */
    private static final String BINDING_CONTROLS = "thinking-binding-controls-2026-08-01";
    private static final String KEY_HEADER = "x-api-key";

    private AnthropicRequestWriter() {
    }

    static UpstreamRequest write(LlmRequest request, Upstream upstream) {
        DroppedParams dropped = new DroppedParams();
        JsonObjectBuilder body = JSON.createObjectBuilder().add("model", upstream.model());
        ClaudeModel model = ClaudeModel.named(upstream.model());
        ThinkingProof proof = new ThinkingProof(upstream.model());
        CacheMarks marks = new CacheMarks(request.source());
        ReasoningPlan plan = ReasoningPlan.of(request, model, proof);
        boolean thinks = plan.thinks() && !ToolsWriter.forcesOne(request, model);
        MessagesWriter messages = new MessagesWriter(proof, thinks, model.bindsReasoning(),
                plan.goesOn(model, upstream), marks, dropped);
        messages.read(request.conversation());
        boolean bound = messages.reasoned() && model.bindsReasoning();
        ParameterWriter parameters = new ParameterWriter(request, model, bound ? plan.leavingOutWhatDoesNotFit() : plan,
                dropped);
        parameters.writeLimits(body);
        JsonArray system = messages.system();
        if (!system.isEmpty()) {
            body.add("system", system);
        }
        body.add("messages", messages.messages());
        ToolsWriter.write(request, model, marks, body, dropped);
        parameters.write(body);
        marks.ofRequest().ifPresent(mark -> body.add("cache_control", mark));
        body.add("stream", true);
        UnusedParams.name(request, dropped);
        return new UpstreamRequest(PATH, headers(upstream, bound), body.build().toString(), dropped.names());
    }

    static UpstreamRequest modelList(Upstream upstream) {
        Map<String, String> headers = new LinkedHashMap<>(upstream.keyHeader(KEY_HEADER));
        headers.put("anthropic-version", VERSION);
        headers.put("accept", "application/json");
        return new UpstreamRequest("/v1/models", headers, "", List.of());
    }

    private static Map<String, String> headers(Upstream upstream, boolean bound) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anthropic-version", VERSION);
        if (bound) {
            headers.put("anthropic-beta", BINDING_CONTROLS);
        }
        headers.put("content-type", "application/json");
        headers.put("accept", "text/event-stream");
        headers.putAll(upstream.keyHeader(KEY_HEADER));
        return headers;
    }
}
