package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.Sampling;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Set;

/** Sampling, the answer's form and thinking, as one generationConfig. */
final class GenerationConfig {

    private static final int MAX_STOP_SEQUENCES = 5;

    private final JsonObjectBuilder config = JsonText.JSON.createObjectBuilder();
    private final Set<String> dropped;

    GenerationConfig(Set<String> dropped) {
        this.dropped = dropped;
    }

    /** @param penalties whether the model takes any; which does is not to be seen by its name */
    JsonObject of(LlmRequest request, GeminiModel model, boolean penalties) {
        sampling(request.sampling());
        penalties(request.sampling(), penalties);
        request.responseFormat().ifPresent(this::format);
        request.reasoningEffort().ifPresent(effort -> thinking(effort, model));
        return config.build();
    }

    private void sampling(Sampling sampling) {
        sampling.temperature().ifPresent(value -> config.add("temperature", value));
        sampling.topP().ifPresent(value -> config.add("topP", value));
        sampling.topK().ifPresent(value -> config.add("topK", value));
        sampling.maxTokens().ifPresent(value -> config.add("maxOutputTokens", value));
        sampling.seed().ifPresent(value -> config.add("seed", seed(value)));
        stop(sampling.stop());
        if (sampling.choices() > 1) {
            config.add("candidateCount", sampling.choices());
        }
    }

    private void penalties(Sampling sampling, boolean taken) {
        if (taken) {
            sampling.presencePenalty().ifPresent(value -> config.add("presencePenalty", value));
            sampling.frequencyPenalty().ifPresent(value -> config.add("frequencyPenalty", value));
        } else {
            sampling.presencePenalty().ifPresent(_ -> dropped.add("presence_penalty"));
            sampling.frequencyPenalty().ifPresent(_ -> dropped.add("frequency_penalty"));
        }
    }

    /** Google's has 32 bits. Of a longer one only that equal seeds stay equal means anything. */
    private static int seed(long value) {
        return value == (int) value ? (int) value : Long.hashCode(value);
    }

    private void stop(List<String> stop) {
        if (stop.isEmpty()) {
            return;
        }
        if (stop.size() > MAX_STOP_SEQUENCES) {
            dropped.add("stop");
        }
        config.add("stopSequences", JsonText.JSON.createArrayBuilder(stop.stream().limit(MAX_STOP_SEQUENCES).toList()));
    }

    private void format(ResponseFormat format) {
        switch (format) {
            case ResponseFormat.PlainText() -> { }
            case ResponseFormat.AnyJson() -> config.add("responseMimeType", "application/json");
            case ResponseFormat.JsonSchema(_, JsonObject schema, _) ->
                    config.add("responseMimeType", "application/json").add("responseJsonSchema", schema);
        }
    }

    private void thinking(String effort, GeminiModel model) {
        Thinking.config(effort, model).ifPresentOrElse(thinking -> config.add("thinkingConfig", thinking),
                () -> dropped.add("reasoning_effort"));
    }
}
