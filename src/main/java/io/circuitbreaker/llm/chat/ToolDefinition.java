package io.circuitbreaker.llm.chat;

import jakarta.json.JsonObject;
import java.util.Optional;

/** A function that the model may call. {@code parameters} is a JSON schema; absent means none. */
public record ToolDefinition(String name, Optional<String> description, Optional<JsonObject> parameters, boolean strict) {
}
