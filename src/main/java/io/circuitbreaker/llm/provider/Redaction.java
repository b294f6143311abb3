package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ToolCall;
import io.circuitbreaker.llm.dialect.ApiKey;

/**
 * Takes our key and the client's prompt out of what a provider says of a failure: providers like to quote both, whole
 * or in pieces, and messages of failures are logged and shown.
 */
final class Redaction {

    private final ApiKey key;
    private final LlmRequest request;

    Redaction(ApiKey key, LlmRequest request) {
        this.key = key;
        this.request = request;
    }

    Failure scrub(Failure failure) {
        QuotedText message = new QuotedText(failure.message());
        message.remove(key.reveal(), key.toString());
        for (ChatMessage said : request.conversation()) {
            for (ContentPart part : said.content()) {
                if (part instanceof ContentPart.Text text) {
                    message.remove(text.text(), "[content]");
                }
            }
            for (ToolCall call : said.toolCalls()) {
                message.remove(call.arguments(), "[content]");
            }
        }
        return message.changed() ? failure.withMessage(message.toString()) : failure;
    }
}
