package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** Declares the tools, and which of them are to be called. */
final class ToolsWriter {

    private ToolsWriter() {
    }

    static void write(LlmRequest request, ClaudeModel model, CacheMarks marks, JsonObjectBuilder body,
                      DroppedParams dropped) {
        Tooling tooling = request.tooling();
        JsonValue asked = request.source().getOrDefault("tool_choice", JsonValue.NULL);
        if (asked != JsonValue.NULL && tooling.choice().isEmpty()) {
            dropped.add("tool_choice");
        }
        if (tooling.tools().isEmpty()) {
            // A choice without tools is refused, and says nothing.
            return;
        }
        body.add("tools", definitions(tooling.tools(), model, marks, dropped));
        Optional<ToolChoice> choice = tooling.choice();
        if (forces(tooling) && !model.takesForcedTool()) {
            dropped.add("tool_choice");
            choice = Optional.of(new ToolChoice.Auto());
        }
        written(choice, !tooling.parallel().orElse(true)).ifPresent(object -> body.add("tool_choice", object));
    }

    /** Whether the model is made to call a tool. */
    static boolean forcesOne(LlmRequest request, ClaudeModel model) {
        return forces(request.tooling()) && model.takesForcedTool();
    }

    private static boolean forces(Tooling tooling) {
        ToolChoice choice = tooling.choice().orElseGet(ToolChoice.Auto::new);
        boolean forces = choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Function;
        return forces && !tooling.tools().isEmpty();
    }

    private static JsonArrayBuilder definitions(List<ToolDefinition> tools, ClaudeModel model, CacheMarks marks,
                                                DroppedParams dropped) {
        JsonArrayBuilder array = JSON.createArrayBuilder();
        for (int i = 0; i < tools.size(); i++) {
            ToolDefinition tool = tools.get(i);
            JsonObjectBuilder object = JSON.createObjectBuilder().add("name", tool.name());
            tool.description().ifPresent(text -> object.add("description", text));
            JsonObject schema = schema(tool.parameters());
            if (tool.strict() && model.takesStrictTools()) {
                object.add("input_schema", GrammarSchema.of(schema)).add("strict", true);
            } else {
                object.add("input_schema", schema);
                if (tool.strict()) {
                    dropped.add("tools[" + i + "].function.strict");
                }
            }
            array.add(marks.onTool(object.build(), tool.name()));
        }
        return array;
    }

    /** The API insists on a type, which a schema of no parameters often lacks. */
    private static JsonObject schema(Optional<JsonObject> parameters) {
        JsonObject given = parameters.orElse(JsonValue.EMPTY_JSON_OBJECT);
        if (given.containsKey("type")) {
            return given;
        }
        JsonObjectBuilder schema = JSON.createObjectBuilder().add("type", "object");
        if (!given.containsKey("properties")) {
            schema.add("properties", JsonValue.EMPTY_JSON_OBJECT);
        }
        given.forEach(schema::add);
        return schema.build();
    }

    private static Optional<JsonObject> written(Optional<ToolChoice> asked, boolean oneAtATime) {
        if (asked.isEmpty() && !oneAtATime) {
            return Optional.empty();
        }
        ToolChoice choice = asked.orElseGet(ToolChoice.Auto::new);
        JsonObjectBuilder object = JSON.createObjectBuilder();
        switch (choice) {
            case ToolChoice.Auto _ -> object.add("type", "auto");
            case ToolChoice.None _ -> object.add("type", "none");
            case ToolChoice.Required _ -> object.add("type", "any");
            case ToolChoice.Function function -> object.add("type", "tool").add("name", function.name());
        }
        if (oneAtATime && !(choice instanceof ToolChoice.None)) {
            object.add("disable_parallel_tool_use", true);
        }
        return Optional.of(object.build());
    }
}
