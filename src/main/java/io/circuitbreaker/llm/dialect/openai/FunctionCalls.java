package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.ToolCall;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.Optional;

/**
 * Calls as OpenAI had them before there were tools: one in a message, without an id, and the message of the role
 * {@code function} that follows has its result. They get ids here, since other languages join the two by that.
 */
final class FunctionCalls {

    private int calls;

    /** The call of an assistant's message, if it has one of this form; some servers always send an empty one. */
    Optional<ToolCall> of(Fields message) {
        return message.value("function_call") instanceof JsonObject call && call.get("name") instanceof JsonString name
                && !name.getString().isEmpty() ? Optional.of(called(name.getString(), call)) : Optional.empty();
    }

    private ToolCall called(String name, JsonObject call) {
        calls++;
        String arguments = call.get("arguments") instanceof JsonString text ? text.getString() : "";
        return new ToolCall(lastId(), name, arguments, Optional.empty());
    }

    /** Which call a result is of; empty if there was none. */
    Optional<String> lastCalled() {
        return calls == 0 ? Optional.empty() : Optional.of(lastId());
    }

    private String lastId() {
        return "function_call_" + calls;
    }
}
