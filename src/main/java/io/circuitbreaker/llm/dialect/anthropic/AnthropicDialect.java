package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.enterprise.context.ApplicationScoped;

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

    /** A model that thinks before its answer cannot be given the beginning of it. */
    @Override
    public Prefill prefill(LlmRequest request, Upstream upstream) {
        ClaudeModel model = ClaudeModel.named(upstream.model());
        boolean takesIt = upstream.prefill().map(form -> form != PrefillForm.NONE).orElseGet(model::takesPrefill);
        return takesIt && !ReasoningPlan.of(request, model).thinks() ? Prefill.TRIMMED : Prefill.NONE;
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
    public Failure failure(ErrorResponse response) {
        return AnthropicErrors.of(response);
    }
}
