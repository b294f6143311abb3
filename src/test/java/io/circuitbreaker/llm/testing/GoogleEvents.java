package io.circuitbreaker.llm.testing;

import static io.circuitbreaker.llm.testing.EventText.quoted;

import java.util.ArrayList;
import java.util.List;

/** Events of Gemini with {@code alt=sse}, each a whole SSE event with Google's CRLF line ends. */
public final class GoogleEvents {

    private GoogleEvents() {
    }

    /** One event per piece; the last one has finishReason STOP beside its text, and all have the usage so far. */
    public static String[] answer(String... pieces) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < pieces.length - 1; i++) {
            events.add(text(pieces[i], EventText.PROMPT_TOKENS, i + 1));
        }
        String last = pieces.length == 0 ? "" : pieces[pieces.length - 1];
        events.add(last(last, "STOP", EventText.PROMPT_TOKENS, pieces.length));
        return events.toArray(String[]::new);
    }

    /** An event without usage. */
    public static String text(String text) {
        return data(candidate(textPart(text), "") + identity());
    }

    public static String text(String text, int promptTokens, int candidatesTokens) {
        return data(candidate(textPart(text), "") + usage(promptTokens, candidatesTokens) + identity());
    }

    public static String thought(String text) {
        return data(candidate("{\"text\":" + quoted(text) + ",\"thought\":true}", "") + identity());
    }

    /** @param args a JSON object; the Gemini API sends calls whole and without an id */
    public static String functionCall(String name, String args) {
        return data(candidate("{\"functionCall\":{\"name\":" + quoted(name) + ",\"args\":" + args + "}}", "")
                + identity());
    }

    /** The last text and the reason of the end, in one event. The stream ends by EOF. */
    public static String last(String text, String finishReason, int promptTokens, int candidatesTokens) {
        return data(candidate(textPart(text), ",\"finishReason\":" + quoted(finishReason))
                + usage(promptTokens, candidatesTokens) + identity());
    }

    /** The prompt was refused: there are no candidates. */
    public static String blocked(String blockReason) {
        return data("\"promptFeedback\":{\"blockReason\":" + quoted(blockReason) + "}"
                + usage(EventText.PROMPT_TOKENS, 0) + identity());
    }

    /** An error inside the stream as an event. */
    public static String error(int code, String message, String status) {
        return "data: {\"error\":" + errorObject(code, message, status) + "}\r\n\r\n";
    }

    /** An error inside the stream as Gemini really sends it: pretty-printed JSON that is no SSE at all. */
    public static String unframedError(int code, String message, String status) {
        return errorBody(code, message, status);
    }

    /** The body of a reply with an error status. */
    public static String errorBody(int code, String message, String status) {
        return """
                {
                  "error": {
                    "code": %d,
                    "message": %s,
                    "status": %s
                  }
                }
                """.formatted(code, quoted(message), quoted(status));
    }

    private static String errorObject(int code, String message, String status) {
        return "{\"code\":" + code + ",\"message\":" + quoted(message) + ",\"status\":" + quoted(status) + "}";
    }

    private static String data(String members) {
        return "data: {" + members + "}\r\n\r\n";
    }

    private static String candidate(String part, String finish) {
        return """
                "candidates":[{"content":{"parts":[%s],"role":"model"}%s,"index":0}]""".formatted(part, finish);
    }

    private static String textPart(String text) {
        return "{\"text\":" + quoted(text) + "}";
    }

    private static String usage(int prompt, int candidates) {
        return """
                ,"usageMetadata":{"promptTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d}"""
                .formatted(prompt, candidates, prompt + candidates);
    }

    private static String identity() {
        return ",\"modelVersion\":\"" + EventText.MODEL + "\",\"responseId\":\"fake\"";
    }
}
