package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.DialectContract;
import java.util.List;
import java.util.Optional;

class AnthropicDialectTest extends DialectContract {

    @Override
    protected Dialect dialect() {
        return new AnthropicDialect();
    }

    @Override
    protected String wholeText() {
        return """
                {"id":"answer-1","type":"message","role":"assistant","model":"model-1-actual","content":[{"type":"text",
                "text":"Grüße, 世界 👋\\n\\"so\\" \\u00e9 \\\\ said"}],"stop_reason":"end_turn","stop_sequence":null,
                "usage":{"input_tokens":8,"cache_read_input_tokens":4,"output_tokens":9}}""";
    }

    @Override
    protected List<String> unknownEvents() {
        return List.of("{\"type\":\"ping\"}", "{\"type\":\"something_new\",\"index\":0}", "{}",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"new_delta\",\"text\":\"x\"}}",
                "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"new\",\"text\":\"x\"}}",
                "{\"type\":\"content_block_stop\",\"index\":7}");
    }

    @Override
    protected List<String> malformedEvents() {
        return List.of("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\"secret", "secret",
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":[\"secret\"]}}",
                "{\"type\":\"message_start\",\"message\":{\"id\":\"secret\",\"usage\":{\"output_tokens\":\"secret\"}}}",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
                        + "\"usage\":{\"output_tokens\":\"secret\"}}",
                "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_details\":\"secret\"}}",
                "{\"type\":\"message_delta\",\"delta\":\"secret\",\"usage\":{\"output_tokens\":77}}");
    }

    @Override
    protected List<String> openToolCall() {
        return List.of("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"id\":\"a\","
                + "\"name\":\"f\",\"input\":{}}}");
    }

    @Override
    protected Optional<String> lastWord() {
        return Optional.of("{\"type\":\"message_stop\"}");
    }
}
