package io.circuitbreaker.llm.dialect.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import java.util.ArrayList;
import java.util.List;

/** One answer being read, and the events to read, in Anthropic's words. */
final class Events {

    static final String START = """
            {"type":"message_start","message":{"id":"msg_7","type":"message","role":"assistant","model":"claude-x-9",
            "content":[],"stop_reason":null,"usage":{"input_tokens":11,"cache_creation_input_tokens":2,
            "cache_read_input_tokens":3,"output_tokens":1}}}""";
    static final String STOP = "{\"type\":\"message_stop\"}";

    final AnthropicChunkReader reader = new AnthropicChunkReader(new StreamHead("ours", 42, "asked", "claudia"));
    final List<StreamingChunk> chunks = new ArrayList<>();

    DecodedAnswer answer(String... events) {
        StringBuilder body = new StringBuilder();
        for (String event : events) {
            body.append("data: ").append(event.replace("\n", "")).append("\n\n");
        }
        return DecodedAnswer.of(body.toString().getBytes(UTF_8), reader);
    }

    void read(String... events) {
        for (String event : events) {
            reader.read(new SseEvent(SseEvent.DEFAULT_TYPE, event, ""), chunks::add);
        }
    }

    static String blockStart(int index, String block) {
        return "{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}";
    }

    static String toolStart(int index, String id, String name) {
        return blockStart(index, "{\"type\":\"tool_use\",\"id\":\"" + id + "\",\"name\":\"" + name
                + "\",\"input\":{}}");
    }

    static String blockStop(int index) {
        return "{\"type\":\"content_block_stop\",\"index\":" + index + "  }";
    }

    static String text(int index, String text) {
        return delta(index, "\"type\":\"text_delta\",\"text\":\"" + text + "\"");
    }

    static String arguments(int index, String escaped) {
        return delta(index, "\"type\":\"input_json_delta\",\"partial_json\":\"" + escaped + "\"");
    }

    static String delta(int index, String members) {
        return "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":{" + members + "}}";
    }

    static String finish(String reason) {
        return "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" + reason
                + "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":3}}";
    }
}
