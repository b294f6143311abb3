package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/**
 * {@code reasoning_effort} as Google's thinkingConfig: a level for Gemini 3, a token budget for Gemini 2.5, nothing for
 * models that do not think. {@code none} asks for the least that the model can do, without thoughts in the answer.
 */
final class Thinking {

    private static final int PRO_MIN_BUDGET = 128;
    private static final int PRO_MAX_BUDGET = 32_768;
    private static final int FLASH_MAX_BUDGET = 24_576;

    private Thinking() {
    }

    /** Empty if the model cannot be told, or if the word is unknown. */
    static Optional<JsonObject> config(String effort, GeminiModel model) {
        JsonObjectBuilder config = JsonText.JSON.createObjectBuilder().add("includeThoughts", !effort.equals("none"));
        if (model.takesThinkingLevel()) {
            return level(effort, model.takesMinimalThinking()).map(level -> config.add("thinkingLevel", level).build());
        }
        if (model.takesThinkingBudget()) {
            return budget(effort, model.isPro()).map(budget -> config.add("thinkingBudget", budget).build());
        }
        return Optional.empty();
    }

    private static Optional<String> level(String effort, boolean takesMinimal) {
        return Optional.ofNullable(switch (effort) {
            case "none", "minimal" -> takesMinimal ? "MINIMAL" : "LOW";
            case "low" -> "LOW";
            case "medium" -> "MEDIUM";
            case "high", "xhigh", "max" -> "HIGH";
            default -> null;
        });
    }

    private static Optional<Integer> budget(String effort, boolean pro) {
        return Optional.ofNullable(switch (effort) {
            case "none" -> pro ? PRO_MIN_BUDGET : 0;
            case "minimal" -> 512;
            case "low" -> 1024;
            case "medium" -> 8192;
            case "high" -> 24_576;
            case "xhigh", "max" -> pro ? PRO_MAX_BUDGET : FLASH_MAX_BUDGET;
            default -> null;
        });
    }
}
