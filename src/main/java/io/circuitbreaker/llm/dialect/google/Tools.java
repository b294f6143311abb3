package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.dialect.OtherTools;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import java.util.Set;

/** Function declarations, and which of them the model is to call. */
final class Tools {

    private final Set<String> dropped;

    Tools(Set<String> dropped) {
        this.dropped = dropped;
    }

    void write(LlmRequest request, JsonObjectBuilder body) {
        Tooling tooling = request.tooling();
        dropped.addAll(OtherTools.in(request.source()));
        if (tooling.choice().isEmpty() && request.source().get("tool_choice") instanceof JsonStructure) {
            dropped.add("tool_choice");
        }
        // There is no way to ask for one call at a time.
        tooling.parallel().filter(parallel -> !parallel).ifPresent(_ -> dropped.add("parallel_tool_calls"));
        if (tooling.tools().isEmpty()) {
            return;
        }
        JsonArrayBuilder declarations = JsonText.JSON.createArrayBuilder();
        tooling.tools().stream().map(this::declaration).forEach(declarations::add);
        body.add("tools", JsonText.JSON.createArrayBuilder()
                .add(JsonText.JSON.createObjectBuilder().add("functionDeclarations", declarations)));
        tooling.choice().ifPresent(choice -> body.add("toolConfig",
                JsonText.JSON.createObjectBuilder().add("functionCallingConfig", calling(choice))));
    }

    private JsonObject declaration(ToolDefinition tool) {
        if (tool.strict()) {
            dropped.add("strict");
        }
        JsonObjectBuilder declaration = JsonText.JSON.createObjectBuilder().add("name", tool.name());
        tool.description().ifPresent(text -> declaration.add("description", text));
        tool.parameters().ifPresent(schema -> declaration.add("parametersJsonSchema", schema));
        return declaration.build();
    }

    private static JsonObject calling(ToolChoice choice) {
        JsonObjectBuilder calling = JsonText.JSON.createObjectBuilder();
        switch (choice) {
            case ToolChoice.Auto() -> calling.add("mode", "AUTO");
            case ToolChoice.None() -> calling.add("mode", "NONE");
            case ToolChoice.Required() -> calling.add("mode", "ANY");
            case ToolChoice.Function(String name) -> calling.add("mode", "ANY")
                    .add("allowedFunctionNames", JsonText.JSON.createArrayBuilder().add(name));
        }
        return calling.build();
    }
}
