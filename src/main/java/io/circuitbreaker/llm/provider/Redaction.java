package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ApiKey;

/**
 * Takes our key and the client's prompt out of what a provider says of a failure: providers like to quote both, and
 * messages of failures are logged and shown.
 */
final class Redaction {

    /** Shorter texts are words that any message may have. */
    private static final int SHORTEST_SECRET = 8;

    private final ApiKey key;
    private final LlmRequest request;

    Redaction(ApiKey key, LlmRequest request) {
        this.key = key;
        this.request = request;
    }

    Failure scrub(Failure failure) {
        String message = failure.message();
        String clean = key.isPresent() ? message.replace(key.reveal(), key.toString()) : message;
        for (ChatMessage said : request.messages()) {
            for (ContentPart part : said.content()) {
                if (part instanceof ContentPart.Text text) {
                    clean = without(clean, text.text());
                }
            }
        }
        return clean.equals(message) ? failure : failure.withMessage(clean);
    }

    private static String without(String message, String secret) {
        if (secret.length() < SHORTEST_SECRET) {
            return message;
        }
        String quoted = JsonText.quote(secret);
        return message.replace(secret, "[content]").replace(quoted.substring(1, quoted.length() - 1), "[content]");
    }
}
