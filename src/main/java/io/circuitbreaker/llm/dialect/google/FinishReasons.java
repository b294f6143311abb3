package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.FinishReason;
import java.util.Locale;

/** Google's words for the end of an answer, in OpenAI's. */
final class FinishReasons {

    /** What an unset enumeration looks like on the wire: the candidate has not ended. */
    private static final String UNSPECIFIED = "FINISH_REASON_UNSPECIFIED";

    /** The model tried a call that cannot be made, or wrote what cannot be read: what came is no answer, often nothing. */
    private static final FinishReason FAILED = new FinishReason("error");

    private FinishReasons() {
    }

    static boolean failed(String word) {
        return ends(word) && of(word, false).equals(FAILED);
    }

    static boolean ends(String word) {
        return !word.isEmpty() && !word.equals(UNSPECIFIED);
    }

    /** @param calledTools whether the answer has a tool call: Google says {@code STOP} for that, too */
    static FinishReason of(String word, boolean calledTools) {
        return switch (word) {
            case "STOP" -> calledTools ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "IMAGE_SAFETY",
                 "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER" -> FinishReason.CONTENT_FILTER;
            case "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "UNEXPECTED_TOOL_CALL",
                 "TOO_MANY_TOOL_CALLS" -> FAILED;
            case "OTHER", "LANGUAGE" -> new FinishReason("other");
            default -> new FinishReason(word.toLowerCase(Locale.ROOT));
        };
    }
}
