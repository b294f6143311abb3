package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.ToolCall;
import java.util.Optional;

/**
 * Calls as OpenAI had them before there were tools: one in a message, without an id, and the message of the role
 * {@code function} that follows has its result. They get ids here, since other languages join the two by that.
 */
final class FunctionCalls {

    private int calls;

    /** The call of an assistant's message, if it has one of this form. */
    Optional<ToolCall> of(Fields message) {
        return message.nested("function_call").map(call -> {
            calls++;
            return new ToolCall(lastId(), call.requiredText("name"), call.text("arguments").orElse(""), Optional.empty());
        });
    }

    /** Which call a result is of; empty if there was none. */
    Optional<String> lastCalled() {
        return calls == 0 ? Optional.empty() : Optional.of(lastId());
    }

    private String lastId() {
        return "function_call_" + calls;
    }
}
