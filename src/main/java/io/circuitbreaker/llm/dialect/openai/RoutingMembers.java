package io.circuitbreaker.llm.dialect.openai;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.TaskType;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The members of a client's request that are for us and not for a provider: OpenRouter's {@code models}, LiteLLM's {@code
 * disable_fallbacks} and our {@code circuit_breaker}. A wish that we cannot grant is refused, never ignored.
 */
final class RoutingMembers {

    private static final String MODELS = "models";
    private static final String EXTENSION = "circuit_breaker";
    private static final String ONLY_FIRST = "disable_fallbacks";
    private static final String STRATEGY = "routing_strategy";
    private static final String MAX_LATENCY = "max_latency_ms";
    private static final String MAX_COST = "max_cost_per_1k_tokens";
    private static final String TASK = "task_type";
    private static final String FALLBACKS = "fallback_models";
    private static final String PREFERRED = "preferred_providers";
    private static final List<String> SUPPORTED = List.of(FALLBACKS, MAX_COST, MAX_LATENCY, PREFERRED, STRATEGY, TASK);
    private static final Set<String> OURS = Set.of(MODELS, EXTENSION, ONLY_FIRST);

    private static final int MAX_NAMES = 16;
    /** What a model is called is remembered for a while, and stands in logs and headers. */
    private static final int MAX_NAME_LENGTH = 512;
    private static final int MAX_LATENCY_LIMIT = 3_600_000;
    private static final int MAX_COST_LIMIT = 1_000_000;

    private final Fields fields;
    private final Optional<Fields> extension;
    private final List<String> models;

    RoutingMembers(Fields fields) {
        this.fields = fields;
        this.extension = fields.nested(EXTENSION);
        this.models = names(fields, MODELS);
    }

    /** The request as a provider may see it. */
    static JsonObject without(JsonObject body) {
        if (OURS.stream().noneMatch(body::containsKey)) {
            return body;
        }
        JsonObjectBuilder others = JSON.createObjectBuilder(body);
        OURS.forEach(others::remove);
        return others.build();
    }

    /** The model that is asked first. */
    String model() {
        if (fields.has("model") || models.isEmpty()) {
            String model = fields.requiredText("model");
            check(fields, "model", model);
            return model;
        }
        return models.getFirst();
    }

    RoutingWish wish() {
        refuseUnsupported();
        List<String> next = fields.has("model") || models.isEmpty() ? models : models.subList(1, models.size());
        List<String> more = extension.map(wishes -> names(wishes, FALLBACKS)).orElse(List.of());
        return new RoutingWish(Stream.concat(next.stream(), more.stream()).toList(),
                extension.map(wishes -> names(wishes, PREFERRED)).orElse(List.of()),
                extension.flatMap(RoutingMembers::strategy), extension.flatMap(RoutingMembers::maxLatency),
                extension.flatMap(wishes -> wishes.decimal(MAX_COST, 0, MAX_COST_LIMIT)),
                extension.flatMap(RoutingMembers::taskType), fields.flag(ONLY_FIRST).orElse(false), Tactics.NONE);
    }

    private void refuseUnsupported() {
        JsonObject given = fields.json(EXTENSION).orElse(JsonValue.EMPTY_JSON_OBJECT);
        for (String name : given.keySet()) {
            if (extension.orElseThrow().has(name) && !SUPPORTED.contains(name)) {
                throw extension.orElseThrow().invalid(name, "is not supported; supported are "
                        + String.join(", ", SUPPORTED));
            }
        }
    }

    private static Optional<RoutingStrategy> strategy(Fields wishes) {
        return wishes.text(STRATEGY).map(word -> switch (word) {
            case "performance_first" -> RoutingStrategy.LATENCY;
            case "balanced" -> RoutingStrategy.LEAST_BUSY;
            case "reliability_first" -> RoutingStrategy.PRIORITY;
            case "cost_optimized" -> RoutingStrategy.COST;
            case "task_specific" -> taskSpecific(wishes);
            default -> throw wishes.unknownWord(STRATEGY, "\"performance_first\", \"balanced\", \"reliability_first\","
                    + " \"cost_optimized\" or \"task_specific\"", word);
        });
    }

    /** The task itself puts those first that are good at it; all else is as listed. */
    private static RoutingStrategy taskSpecific(Fields wishes) {
        if (!wishes.has(TASK)) {
            throw wishes.invalid(TASK, "is required where '" + wishes.path(STRATEGY) + "' is \"task_specific\"");
        }
        return RoutingStrategy.PRIORITY;
    }

    private static Optional<TaskType> taskType(Fields wishes) {
        return wishes.text(TASK).map(word -> switch (word) {
            case "general_chat" -> TaskType.GENERAL_CHAT;
            case "coding" -> TaskType.CODING;
            case "analysis" -> TaskType.ANALYSIS;
            case "creative" -> TaskType.CREATIVE;
            case "reasoning" -> TaskType.REASONING;
            case "summarization" -> TaskType.SUMMARIZATION;
            default -> throw wishes.unknownWord(TASK, "\"general_chat\", \"coding\", \"analysis\", \"creative\","
                    + " \"reasoning\" or \"summarization\"", word);
        });
    }

    private static Optional<Duration> maxLatency(Fields wishes) {
        return wishes.smallWhole(MAX_LATENCY, 1, MAX_LATENCY_LIMIT).stream().mapToObj(Duration::ofMillis).findFirst();
    }

    private static List<String> names(Fields fields, String member) {
        List<String> names = new ArrayList<>(fields.texts(member));
        if (names.size() > MAX_NAMES) {
            throw fields.invalid(member, "must have at most " + MAX_NAMES + " names, had " + names.size());
        }
        int empty = names.indexOf("");
        if (empty >= 0) {
            throw fields.invalid(member + "[" + empty + "]", "must be a string that is not empty");
        }
        for (int i = 0; i < names.size(); i++) {
            check(fields, member + "[" + i + "]", names.get(i));
        }
        return names;
    }

    private static void check(Fields fields, String member, String name) {
        if (name.length() > MAX_NAME_LENGTH) {
            throw fields.invalid(member, "must have at most " + MAX_NAME_LENGTH + " characters, had " + name.length());
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw fields.invalid(member, "must have no control characters");
        }
    }
}
