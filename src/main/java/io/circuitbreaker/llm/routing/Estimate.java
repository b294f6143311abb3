package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCall;

/** How many tokens a request has, where nobody has counted them: one for each four characters, as of English text. */
final class Estimate {

    private static final int CHARACTERS_PER_TOKEN = 4;

    /** An answer of some paragraphs, where the client sets no limit to it. */
    private static final int TOKENS_OF_AN_ANSWER = 500;

    private Estimate() {
    }

    /** @param received tokens of the answer, counted as they came */
    static TokenUsage of(LlmRequest request, long received) {
        return TokenUsage.of(prompt(request), received, 0, 0);
    }

    static long tokens(String text) {
        return text.length() / CHARACTERS_PER_TOKEN;
    }

    /** Before anybody has answered. */
    static TokenUsage expected(LlmRequest request) {
        long answer = request.sampling().maxTokens().orElse(TOKENS_OF_AN_ANSWER);
        return of(request, answer * request.sampling().choices());
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
