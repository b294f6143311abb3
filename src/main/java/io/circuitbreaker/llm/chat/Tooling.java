package io.circuitbreaker.llm.chat;

import java.util.List;
import java.util.Optional;

/** The tools of a request. {@code parallel} is empty where the client left it to the provider. */
public record Tooling(List<ToolDefinition> tools, Optional<ToolChoice> choice, Optional<Boolean> parallel) {

    public static final Tooling NONE = new Tooling(List.of(), Optional.empty(), Optional.empty());

    public Tooling {
        tools = List.copyOf(tools);
    }
}
