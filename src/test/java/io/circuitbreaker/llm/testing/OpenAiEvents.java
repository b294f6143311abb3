package io.circuitbreaker.llm.testing;

import static io.circuitbreaker.llm.testing.EventText.quoted;

import java.util.ArrayList;
import java.util.List;

/** Events of OpenAI's chat completions, each a whole SSE event; tool calls and contents belong to choice 0. */
public final class OpenAiEvents {

    public static final String DONE = "data: [DONE]\n\n";

    private OpenAiEvents() {
    }

    /** Role, one chunk per piece, finish "stop", usage, {@link #DONE}. */
    public static String[] answer(String... pieces) {
        List<String> events = new ArrayList<>();
        events.add(role());
        for (String piece : pieces) {
            events.add(content(piece));
        }
        events.add(finish("stop"));
        events.add(usage(EventText.PROMPT_TOKENS, pieces.length));
        events.add(DONE);
        return events.toArray(String[]::new);
    }

    /** The first chunk. */
    public static String role() {
        return delta("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}");
    }

    public static String content(String text) {
        return delta("{\"content\":" + quoted(text) + "}");
    }

    /** As DeepSeek and others send it; OpenAI itself shows no reasoning. */
    public static String reasoning(String text) {
        return delta("{\"content\":null,\"reasoning_content\":" + quoted(text) + "}");
    }

    public static String refusal(String text) {
        return delta("{\"refusal\":" + quoted(text) + "}");
    }

    public static String toolCall(int index, String id, String name) {
        return delta("""
                {"tool_calls":[{"index":%d,"id":%s,"type":"function","function":{"name":%s,"arguments":""}}]}"""
                .formatted(index, quoted(id), quoted(name)));
    }

    /** @param fragment a part of the arguments' JSON text */
    public static String toolArguments(int index, String fragment) {
        return delta("""
                {"tool_calls":[{"index":%d,"function":{"arguments":%s}}]}""".formatted(index, quoted(fragment)));
    }

    public static String finish(String reason) {
        return chunk("[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":" + quoted(reason) + "}]", "null");
    }

    /** The chunk without choices that {@code stream_options.include_usage} asks for. */
    public static String usage(int promptTokens, int completionTokens) {
        return chunk("[]", """
                {"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}"""
                .formatted(promptTokens, completionTokens, promptTokens + completionTokens));
    }

    /** An error after the head; OpenAI ends the stream after it without {@link #DONE}. */
    public static String error(String message, String type, String code) {
        return EventText.data(errorBody(message, type, code));
    }

    /** The body of a reply with an error status. */
    public static String errorBody(String message, String type, String code) {
        return """
                {"error":{"message":%s,"type":%s,"param":null,"code":%s}}"""
                .formatted(quoted(message), quoted(type), quoted(code));
    }

    /** A comment line, which some servers send to keep the connection alive. */
    public static String comment(String text) {
        return ": " + text + "\n\n";
    }

    private static String delta(String delta) {
        return chunk("[{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":null}]", "null");
    }

    private static String chunk(String choices, String usage) {
        return EventText.data("""
                {"id":"chatcmpl-fake","object":"chat.completion.chunk","created":1700000000,"model":"%s",\
                "system_fingerprint":null,"choices":%s,"usage":%s}""".formatted(EventText.MODEL, choices, usage));
    }
}
