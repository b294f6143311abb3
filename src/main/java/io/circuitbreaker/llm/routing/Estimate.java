package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCall;

/** How many tokens a request has, where nobody has counted them: one for each four characters, as of English text. */
final class Estimate {

    private static final int CHARACTERS_PER_TOKEN = 4;

    private Estimate() {
    }

    /** @param received tokens of the answer, counted as they came */
    static TokenUsage of(LlmRequest request, long received) {
        return TokenUsage.of(prompt(request), received, 0, 0);
    }

    static long tokens(String text) {
        return text.length() / CHARACTERS_PER_TOKEN;
    }

    /** Texts only: what an image costs each provider counts in its own way. */
    static long prompt(LlmRequest request) {
        long characters = 0;
        for (ChatMessage message : request.conversation()) {
            characters += message.text().length();
            for (ToolCall call : message.toolCalls()) {
                characters += call.name().length() + call.arguments().length();
            }
        }
        return characters / CHARACTERS_PER_TOKEN + 1;
    }
}
