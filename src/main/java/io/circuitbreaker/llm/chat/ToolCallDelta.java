package io.circuitbreaker.llm.chat;

import jakarta.json.JsonObject;
import java.util.Optional;

/**
 * A piece of a tool call. The first piece of an index has {@code id} and {@code name}, later ones only arguments; what
 * is absent is an empty string.
 *
 * @param index dense from 0 within its choice
 * @param extra see {@link ToolCall#extra()}
 */
public record ToolCallDelta(int index, String id, String name, String arguments, Optional<JsonObject> extra) {
}
