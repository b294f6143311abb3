package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The client's own JSON, with three changes: the model in the provider's name, a stream wherever there can be one, and with
 * usage unless the provider takes no word of it; and with an answer that broke off, if there is one to go on with. It lacks
 * what other models thought. The only clients so far speak OpenAI, so nothing else is ever lost here.
 */
final class OpenAiRequestWriter {

    private static final String AUTHORIZATION = "Authorization";
    private static final String OPTIONS = "stream_options";

    private OpenAiRequestWriter() {
    }

    static UpstreamRequest write(LlmRequest request, Upstream upstream) {
        JsonObject source = request.source();
        boolean stream = request.stream() || !upstream.concedes(Concession.STREAM) && !isSpoken(source);
        JsonObjectBuilder body = JSON.createObjectBuilder(source)
                .add("model", upstream.model())
                .add("stream", stream);
        OthersReasoning others = new OthersReasoning(upstream.model());
        JsonArray messages = others.without(source.getJsonArray("messages"));
        body.add("messages", messages);
        List<String> dropped = new ArrayList<>(others.dropped());
        if (stream) {
            dropped.addAll(options(source, upstream.streamUsage(), body));
        }
        PrefillForm form = upstream.prefill().orElse(PrefillForm.NONE);
        request.soFar().ifPresent(answer -> new AnswerBegun(request, messages, answer, form).write(body));
        return new UpstreamRequest("/chat/completions", headers(upstream, stream), body.build().toString(), dropped,
                !stream);
    }

    /** A stream of speech is raw samples only; who wants a file of another format must wait for it. */
    private static boolean isSpoken(JsonObject source) {
        return source.get("audio") instanceof JsonObject;
    }

    /** Returns what was left out. */
    private static List<String> options(JsonObject source, StreamUsage usage, JsonObjectBuilder body) {
        JsonValue given = source.getOrDefault(OPTIONS, JsonValue.NULL);
        switch (usage) {
            case ALWAYS -> {
                JsonObject others = given instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
                body.add(OPTIONS, JSON.createObjectBuilder(others).add("include_usage", true));
            }
            case AS_ASKED -> { }
            case NEVER -> {
                body.remove(OPTIONS);
                return given == JsonValue.NULL ? List.of() : List.of(OPTIONS);
            }
        }
        return List.of();
    }

    static UpstreamRequest modelList(Upstream upstream) {
        Map<String, String> headers = new LinkedHashMap<>(upstream.keyHeader(AUTHORIZATION));
        headers.put("Accept", "application/json");
        return new UpstreamRequest("/models", headers, "", List.of());
    }

    private static Map<String, String> headers(Upstream upstream, boolean stream) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Accept", stream ? "text/event-stream" : "application/json");
        headers.putAll(upstream.keyHeader(AUTHORIZATION));
        return headers;
    }
}
