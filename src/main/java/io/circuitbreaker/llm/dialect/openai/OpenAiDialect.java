package io.circuitbreaker.llm.dialect.openai;

import static java.util.stream.Collectors.joining;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.ResponseCollector;
import io.circuitbreaker.llm.dialect.TextEvent;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * OpenAI chat completions ({@code /v1/chat/completions}), towards providers and towards clients. Stateless and
 * thread-safe.
 */
@ApplicationScoped
public class OpenAiDialect implements Dialect, ClientDialect {

    static final String NAME = "openai";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String defaultBaseUrl() {
        return "https://api.openai.com/v1";
    }

    @Override
    public UpstreamRequest request(LlmRequest request, Upstream upstream) {
        return OpenAiRequestWriter.write(request, upstream);
    }

    /** OpenAI's own models begin a new answer after an assistant's message; some compatible servers go on with it. */
    @Override
    public Prefill prefill(LlmRequest request, Upstream upstream) {
        return upstream.takesPrefill(() -> false) ? Prefill.EXACT : Prefill.NONE;
    }

    @Override
    public UpstreamRequest modelList(Upstream upstream) {
        return OpenAiRequestWriter.modelList(upstream);
    }

    @Override
    public ChunkReader reader(StreamHead fallback, int choices) {
        return new OpenAiChunkReader(fallback, choices);
    }

    @Override
    public String example(List<String> tokens) {
        return """
                data: {"id":"chatcmpl-example","object":"chat.completion.chunk","created":1,"model":"example",\
                "system_fingerprint":"fp_example","choices":[{"index":0,"delta":{"role":"assistant","content":""},\
                "logprobs":null,"finish_reason":null}]}

                """ + tokens.stream().map(token -> """
                data: {"id":"chatcmpl-example","object":"chat.completion.chunk","created":1,"model":"example",\
                "system_fingerprint":"fp_example","choices":[{"index":0,"delta":{"content":%s},\
                "logprobs":null,"finish_reason":null}]}

                """.formatted(Json.createValue(token))).collect(joining()) + """
                data: {"id":"chatcmpl-example","object":"chat.completion.chunk","created":1,"model":"example",\
                "choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

                data: {"id":"chatcmpl-example","object":"chat.completion.chunk","created":1,"model":"example",\
                "choices":[],"usage":{"prompt_tokens":9,"completion_tokens":32,"total_tokens":41}}

                data: [DONE]

                """;
    }

    @Override
    public Failure failure(ErrorResponse response) {
        return OpenAiErrors.of(response);
    }

    /** OpenAI streams some models only to organisations that have shown who they are. */
    @Override
    public Optional<Concession> concession(LlmRequest request, Failure failure) {
        boolean streamRefused = failure instanceof Failure.InvalidRequest invalid && invalid.param().equals("stream")
                && invalid.code().equals("unsupported_value");
        return streamRefused && !request.stream() ? Optional.of(Concession.STREAM) : Optional.empty();
    }

    @Override
    public LlmRequest readRequest(JsonObject body) {
        return OpenAiRequestReader.read(body);
    }

    @Override
    public ChunkWriter writer(LlmRequest request, StreamHead head) {
        return new OpenAiChunkWriter(head, request.includeUsage());
    }

    @Override
    public Optional<TextEvent> textOf(String data) {
        return TextEvents.of(data);
    }

    @Override
    public ResponseCollector collector(LlmRequest request, StreamHead head) {
        return new OpenAiCollector(head);
    }

    @Override
    public int status(Failure failure) {
        return ClientErrors.status(failure);
    }

    @Override
    public String error(Failure failure) {
        return ClientErrors.body(failure);
    }
}
