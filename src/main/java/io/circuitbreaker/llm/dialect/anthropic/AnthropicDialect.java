package io.circuitbreaker.llm.dialect.anthropic;

import static java.util.stream.Collectors.joining;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;
import java.util.List;
import java.util.Optional;

/** Anthropic's Messages API ({@code /v1/messages}), towards providers. Stateless and thread-safe. */
@ApplicationScoped
public class AnthropicDialect implements Dialect {

    @Override
    public String name() {
        return "anthropic";
    }

    @Override
    public String defaultBaseUrl() {
        return "https://api.anthropic.com";
    }

    @Override
    public UpstreamRequest request(LlmRequest request, Upstream upstream) {
        return AnthropicRequestWriter.write(request, upstream);
    }

    @Override
    public Optional<String> untold(ContentPart part) {
        return ContentWriter.untold(part);
    }

    @Override
    public Prefill prefill(LlmRequest request, Upstream upstream) {
        ClaudeModel model = ClaudeModel.named(upstream.model());
        ReasoningPlan plan = ReasoningPlan.of(request, model, new ThinkingProof(upstream.model()));
        return plan.goesOn(model, upstream) ? Prefill.TRIMMED : Prefill.NONE;
    }

    @Override
    public UpstreamRequest modelList(Upstream upstream) {
        return AnthropicRequestWriter.modelList(upstream);
    }

    @Override
    public ChunkReader reader(StreamHead fallback, int choices) {
        return new AnthropicChunkReader(fallback);
    }

    @Override
    public String example(List<String> tokens) {
        return """
                event: message_start
                data: {"type":"message_start","message":{"id":"msg_example","type":"message","role":"assistant",\
                "model":"example","content":[],"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                """ + tokens.stream().map(token -> """
                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":%s}}

                """.formatted(Json.createValue(token))).collect(joining()) + """
                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":32}}

                event: message_stop
                data: {"type":"message_stop"}

                """;
    }

    @Override
    public Failure failure(ErrorResponse response) {
        return AnthropicErrors.of(response);
    }
}
