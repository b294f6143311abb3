package io.circuitbreaker.llm.testing;

import static io.circuitbreaker.llm.testing.EventText.named;
import static io.circuitbreaker.llm.testing.EventText.quoted;

import java.util.ArrayList;
import java.util.List;

/** Events of Anthropic's messages, each a whole SSE event. */
public final class AnthropicEvents {

    private AnthropicEvents() {
    }

    /** One text block with a delta per piece, a ping after its start, stop reason "end_turn". */
    public static String[] answer(String... pieces) {
        List<String> events = new ArrayList<>();
        events.add(messageStart(EventText.PROMPT_TOKENS));
        events.add(textStart(0));
        events.add(ping());
        for (String piece : pieces) {
            events.add(text(0, piece));
        }
        events.add(blockStop(0));
        events.add(messageDelta("end_turn", pieces.length));
        events.add(messageStop());
        return events.toArray(String[]::new);
    }

    public static String messageStart(int inputTokens) {
        return named("message_start", """
                {"type":"message_start","message":{"id":"msg_fake","type":"message","role":"assistant","model":"%s",\
                "content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,\
                "cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}"""
                .formatted(EventText.MODEL, inputTokens));
    }

    public static String textStart(int index) {
        return blockStart(index, "{\"type\":\"text\",\"text\":\"\"}");
    }

    public static String text(int index, String text) {
        return delta(index, "text_delta", "text", text);
    }

    public static String thinkingStart(int index) {
        return blockStart(index, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
    }

    public static String thinking(int index, String text) {
        return delta(index, "thinking_delta", "thinking", text);
    }

    /** The last delta of a thinking block. */
    public static String signature(int index, String signature) {
        return delta(index, "signature_delta", "signature", signature);
    }

    public static String toolStart(int index, String id, String name) {
        return blockStart(index, """
                {"type":"tool_use","id":%s,"name":%s,"input":{}}""".formatted(quoted(id), quoted(name)));
    }

    /** @param fragment a part of the input's JSON text; the first is usually empty */
    public static String toolInput(int index, String fragment) {
        return delta(index, "input_json_delta", "partial_json", fragment);
    }

    public static String blockStop(int index) {
        return named("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":" + index + "}");
    }

    public static String messageDelta(String stopReason, int outputTokens) {
        return named("message_delta", """
                {"type":"message_delta","delta":{"stop_reason":%s,"stop_sequence":null},\
                "usage":{"output_tokens":%d}}""".formatted(quoted(stopReason), outputTokens));
    }

    public static String messageStop() {
        return named("message_stop", "{\"type\":\"message_stop\"}");
    }

    public static String ping() {
        return named("ping", "{\"type\":\"ping\"}");
    }

    /** An error after the head, for example "overloaded_error"; the stream ends after it. */
    public static String error(String message, String type) {
        return named("error", errorBody(message, type));
    }

    /** The body of a reply with an error status. */
    public static String errorBody(String message, String type) {
        return """
                {"type":"error","error":{"type":%s,"message":%s},"request_id":"req_fake"}"""
                .formatted(quoted(type), quoted(message));
    }

    private static String blockStart(int index, String block) {
        return named("content_block_start",
                "{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}");
    }

    private static String delta(int index, String type, String member, String value) {
        return named("content_block_delta", """
                {"type":"content_block_delta","index":%d,"delta":{"type":"%s","%s":%s}}"""
                .formatted(index, type, member, quoted(value)));
    }
}
