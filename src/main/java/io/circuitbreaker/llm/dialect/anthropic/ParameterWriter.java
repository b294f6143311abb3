package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Sampling;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;

/** Everything that is not said in messages and tools: limits, sampling, reasoning, the answer's form. */
final class ParameterWriter {

    /** The API wants a limit; OpenAI's clients may leave it out. All models from 3.5 on can write this much. */
    private static final int USUAL_ANSWER = 8192;

    private static final int SHORT_ANSWER = 4096;

    /** While reasoning, the API takes only a top_p that changes next to nothing. */
    private static final double MIN_TOP_P_WHILE_THINKING = 0.95;

    private final LlmRequest request;
    private final Sampling sampling;
    private final ClaudeModel model;
    private final ReasoningPlan plan;
    private final DroppedParams dropped;

    ParameterWriter(LlmRequest request, ClaudeModel model, ReasoningPlan plan, DroppedParams dropped) {
        this.request = request;
        this.sampling = request.sampling();
        this.model = model;
        this.plan = plan;
        this.dropped = dropped;
    }

    void writeLimits(JsonObjectBuilder body) {
        int usual = model.writesShortAnswers() ? SHORT_ANSWER : USUAL_ANSWER;
        body.add("max_tokens", sampling.maxTokens().orElse(usual + plan.room()));
    }

    void write(JsonObjectBuilder body) {
        writeReasoning(body);
        writeOutput(body);
        writeTemperature(body);
        writeTopP(body);
        writeTopK(body);
        writeStop(body);
        request.user().filter(user -> !user.isEmpty()).ifPresent(user -> writeUser(user, body));
        writeServiceTier(body);
    }

    private void writeReasoning(JsonObjectBuilder body) {
        plan.thinking().ifPresent(thinking -> body.add("thinking", thinking));
        if (plan.lost()) {
            dropped.add("reasoning_effort");
        }
    }

    private void writeOutput(JsonObjectBuilder body) {
        JsonObjectBuilder output = JSON.createObjectBuilder();
        plan.effort().ifPresent(effort -> output.add("effort", effort));
        request.responseFormat().ifPresentOrElse(format -> writeFormat(format, output), () -> {
            if (request.source().get("response_format") instanceof JsonObject) {
                dropped.add("response_format");
            }
        });
        JsonObject built = output.build();
        if (!built.isEmpty()) {
            body.add("output_config", built);
        }
    }

    private void writeFormat(ResponseFormat format, JsonObjectBuilder output) {
        switch (format) {
            case ResponseFormat.PlainText _ -> {
                // The default.
            }
            // The language has no "any object": it holds an answer to a schema or to nothing.
            case ResponseFormat.AnyJson _ -> dropped.add("response_format");
            case ResponseFormat.JsonSchema schema -> output.add("format",
                    JSON.createObjectBuilder().add("type", "json_schema").add("schema", GrammarSchema.of(schema.schema())));
        }
    }

    private void writeTemperature(JsonObjectBuilder body) {
        if (sampling.temperature().isEmpty()) {
            return;
        }
        double wanted = sampling.temperature().getAsDouble();
        if (takesTemperature()) {
            body.add("temperature", Math.clamp(wanted, 0.0, 1.0));
        } else if (wanted != 1) {
            // 1 is the default of both sides: nothing is lost without it.
            dropped.add("temperature");
        }
    }

    private void writeTopP(JsonObjectBuilder body) {
        if (sampling.topP().isEmpty()) {
            return;
        }
        double wanted = sampling.topP().getAsDouble();
        if (takesTopP(wanted)) {
            body.add("top_p", wanted);
        } else if (wanted != 1) {
            dropped.add("top_p");
        }
    }

    private void writeTopK(JsonObjectBuilder body) {
        if (sampling.topK().isEmpty()) {
            return;
        }
        if (takesTemperature()) {
            body.add("top_k", sampling.topK().getAsInt());
        } else {
            dropped.add("top_k");
        }
    }

    private boolean takesTemperature() {
        return model.takesSampling() && !plan.thinks();
    }

    private boolean takesTopP(double wanted) {
        if (!model.takesSampling()) {
            return false;
        }
        if (plan.thinks()) {
            return wanted >= MIN_TOP_P_WHILE_THINKING;
        }
        return sampling.temperature().isEmpty() || model.takesTemperatureWithTopP();
    }

    private void writeStop(JsonObjectBuilder body) {
        List<String> usable = sampling.stop().stream().filter(text -> !text.isBlank()).toList();
        if (usable.size() < sampling.stop().size()) {
            dropped.add("stop");
        }
        if (!usable.isEmpty()) {
            JsonArrayBuilder sequences = JSON.createArrayBuilder();
            usable.forEach(sequences::add);
            body.add("stop_sequences", sequences);
        }
    }

    private void writeUser(String user, JsonObjectBuilder body) {
        if (UserId.isTaken(user)) {
            body.add("metadata", JSON.createObjectBuilder().add("user_id", user));
        } else {
            dropped.add("user");
        }
    }

    private void writeServiceTier(JsonObjectBuilder body) {
        JsonValue tier = request.source().get("service_tier");
        if (tier == null || tier == JsonValue.NULL) {
            return;
        }
        switch (tier instanceof JsonString word ? word.getString() : "") {
            case "auto" -> body.add("service_tier", "auto");
            case "default" -> body.add("service_tier", "standard_only");
            default -> dropped.add("service_tier");
        }
    }
}
