package io.circuitbreaker.llm.chat;

import jakarta.json.JsonObject;
import java.util.Optional;

/**
 * A call that the assistant made, as a client gives it back.
 *
 * @param arguments JSON text, as the model wrote it
 * @param extra     what belongs to the call but not to OpenAI's schema and must return to the provider with it, in the
 *                  form of Google's OpenAI-compatible API: {@code {"google":{"thought_signature":"…"}}}
 */
public record ToolCall(String id, String name, String arguments, Optional<JsonObject> extra) {

    @Override
    public String toString() {
        return "ToolCall[" + name + ", " + id + "]";
    }
}
