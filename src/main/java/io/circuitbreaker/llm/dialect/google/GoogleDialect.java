package io.circuitbreaker.llm.dialect.google;

import static java.util.stream.Collectors.joining;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Gemini API's {@code streamGenerateContent}. Stateless and thread-safe. */
@ApplicationScoped
public class GoogleDialect implements Dialect {

    @Override
    public String name() {
        return "google";
    }

    @Override
    public String defaultBaseUrl() {
        return "https://generativelanguage.googleapis.com";
    }

    @Override
    public UpstreamRequest request(LlmRequest request, Upstream upstream) {
        return new RequestWriter(request, upstream).write();
    }

    @Override
    public Optional<String> untold(ContentPart part) {
        return ContentParts.untold(part);
    }

    /** A last turn of the model is gone on with, by all but the newest models. */
    @Override
    public Prefill prefill(LlmRequest request, Upstream upstream) {
        return upstream.takesPrefill(new GeminiModel(upstream.model())::takesPrefill) ? Prefill.EXACT : Prefill.NONE;
    }

    @Override
    public UpstreamRequest modelList(Upstream upstream) {
        Map<String, String> headers = new HashMap<>(upstream.keyHeader(RequestWriter.KEY_HEADER));
        headers.put("accept", "application/json");
        return new UpstreamRequest("/v1beta/models", headers, "", List.of());
    }

    @Override
    public ChunkReader reader(StreamHead fallback, int choices) {
        return new GoogleChunkReader(fallback, choices, new CallIds());
    }

    @Override
    public String example(List<String> tokens) {
        List<String> texts = tokens.isEmpty() ? List.of("") : tokens;
        return (texts.stream().limit(texts.size() - 1L).map(token -> """
                data: {"candidates":[{"content":{"parts":[{"text":%s}],"role":"model"},"index":0}],\
                "usageMetadata":{"promptTokenCount":9},"modelVersion":"example","responseId":"example"}

                """.formatted(Json.createValue(token))).collect(joining()) + """
                data: {"candidates":[{"content":{"parts":[{"text":%s}],"role":"model"},"finishReason":"STOP","index":0}],\
                "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":33,"totalTokenCount":42},\
                "modelVersion":"example","responseId":"example"}

                """.formatted(Json.createValue(texts.getLast()))).replace("\n", "\r\n");
    }

    /** Of all models only few take penalties, and those that do not refuse the whole request for them. */
    @Override
    public Optional<Concession> concession(LlmRequest request, Failure failure) {
        return failure instanceof Failure.InvalidRequest && failure.message().contains("Penalty is not enabled")
                ? Optional.of(Concession.PENALTIES) : Optional.empty();
    }

    @Override
    public Failure failure(ErrorResponse response) {
        return Errors.ofResponse(response);
    }
}
