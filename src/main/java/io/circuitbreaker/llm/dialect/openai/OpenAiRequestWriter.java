package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The client's own JSON, with three changes: the model in the provider's name, always a stream, always with usage; and
 * with an answer that broke off, if there is one to go on with. The only clients so far speak OpenAI, so nothing is ever
 * lost here.
 */
final class OpenAiRequestWriter {

    private static final String AUTHORIZATION = "Authorization";

    private OpenAiRequestWriter() {
    }

    static UpstreamRequest write(LlmRequest request, Upstream upstream) {
        JsonObject source = request.source();
        JsonObjectBuilder body = JSON.createObjectBuilder(source)
                .add("model", upstream.model())
                .add("stream", true);
        JsonValue options = source.getOrDefault("stream_options", JsonValue.NULL);
        JsonObject given = options instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
        body.add("stream_options", JSON.createObjectBuilder(given).add("include_usage", true));
        PrefillForm form = upstream.prefill().orElse(PrefillForm.NONE);
        request.soFar().ifPresent(answer -> new AnswerBegun(request, answer, form).write(body));
        return new UpstreamRequest("/chat/completions", headers(upstream), body.build().toString(), List.of());
    }

    private static Map<String, String> headers(Upstream upstream) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "text/event-stream");
        headers.putAll(upstream.keyHeader(AUTHORIZATION));
        return headers;
    }
}
