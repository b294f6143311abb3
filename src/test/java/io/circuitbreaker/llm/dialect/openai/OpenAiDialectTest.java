package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.DialectContract;
import java.util.List;
import java.util.Optional;

class OpenAiDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new OpenAiDialect();
    }

    @Override
    protected String wholeText() {
        return """
                {"id":"answer-1","object":"chat.completion","created":1700000001,"model":"model-1-actual",
                "choices":[{"index":0,
                "message":{"role":"assistant","content":"Grüße, 世界 👋\\n\\"so\\" \\u00e9 \\\\ said","refusal":null},
                "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":9,"total_tokens":21,
                "prompt_tokens_details":{"cached_tokens":4}}}""";
    }

    @Override
    protected List<String> unknownEvents() {
        return List.of("{}", "{\"object\":\"something.new\"}", "{\"choices\":[],\"prompt_filter_results\":[]}",
                "{\"choices\":[{\"index\":0,\"content_filter_offsets\":{}}]}");
    }

    @Override
    protected List<String> malformedEvents() {
        return List.of("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"secret", "secret",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":[\"secret\",5]},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"secret\"},\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{secret}}",
                "{\"choices\":[{\"index\":2000,\"delta\":{\"content\":\"secret\"},\"finish_reason\":\"stop\"}]}",
                "{\"usage\":{\"prompt_tokens\":1},\"object\":[secret]}");
    }

    @Override
    protected List<String> openToolCall() {
        return List.of("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,"
                + "\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}");
    }

    @Override
    protected Optional<String> lastWord() {
        return Optional.of("[DONE]");
    }
}
