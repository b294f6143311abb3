package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.chat.JsonText.JSON;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.anthropic.ClaudeModel.Thinking;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a client's {@code reasoning_effort} is put to a model: as an effort, or to older models as a number of tokens.
 *
 * <p>{@code none} switches reasoning off where the model can do without, and otherwise asks for as little as there is.
 * A tool that the client forces wins over reasoning, which the API does not take together with it.
 *
 * @param thinking the request's member of that name
 * @param effort   the request's {@code output_config.effort}
 * @param thinks   whether the answer's tokens include reasoning
 * @param lost     whether the client's wish could not be met
 */
record ReasoningPlan(Optional<JsonObject> thinking, Optional<String> effort, boolean thinks, boolean lost) {

    private static final Set<String> EFFORTS = Set.of("low", "medium", "high", "xhigh", "max");

    /** The API's own lower limit. */
    private static final int MIN_BUDGET = 1024;

    /** Together with the usual answer still below 32 000, the least that a model with budgets can write. */
    private static final int MAX_BUDGET = 16_384;

    static ReasoningPlan of(LlmRequest request, ClaudeModel model, ThinkingProof proof) {
        Thinking way = model.thinking();
        boolean thinksAnyway = way != Thinking.NONE && way != Thinking.BUDGET && way != Thinking.ON_REQUEST;
        String effort = request.reasoningEffort().map(ReasoningPlan::word).orElse("");
        if (effort.isEmpty()) {
            boolean lost = request.reasoningEffort().isPresent();
            return new ReasoningPlan(Optional.empty(), Optional.empty(), thinksAnyway, lost);
        }
        if (effort.equals("none")) {
            return without(way);
        }
        return switch (way) {
            case NONE -> new ReasoningPlan(Optional.empty(), Optional.empty(), false, true);
            case BUDGET -> budget(request, model, effort, proof);
            case ON_REQUEST, BY_DEFAULT, BETWEEN_TOOLS, ALWAYS -> adaptive(request, model, effort, thinksAnyway);
        };
    }

    /**
     * The same where the model's own reasoning is given back. It may not fit any more: the client may have changed what
     * stood before it, and we put instructions before everything. It is then left out, not refused with all the rest.
     */
    ReasoningPlan leavingOutWhatDoesNotFit() {
        JsonObjectBuilder bound = JSON.createObjectBuilder(thinking.orElseGet(() -> ofType("adaptive").build()));
        bound.add("block_binding", JSON.createObjectBuilder().add("prefix_mismatch_behavior", "drop_block"));
        return new ReasoningPlan(Optional.of(bound.build()), effort, thinks, lost);
    }

    /** Whether the model goes on from the beginning of its answer. One that thinks before its answer cannot be given it. */
    boolean goesOn(ClaudeModel model, Upstream upstream) {
        return !thinks && upstream.takesPrefill(model::takesPrefill);
    }

    /** How many tokens a request needs for reasoning, where its client did not limit the answer. */
    int room() {
        return thinks ? MAX_BUDGET : 0;
    }

    /** Anthropic's word, {@code none}, or nothing for one that has no counterpart. */
    private static String word(String effort) {
        if (effort.equals("minimal")) {
            return "low";
        }
        return effort.equals("none") || EFFORTS.contains(effort) ? effort : "";
    }

    private static ReasoningPlan without(Thinking way) {
        return switch (way) {
            case NONE, BUDGET, ON_REQUEST -> new ReasoningPlan(Optional.empty(), Optional.empty(), false, false);
            case BY_DEFAULT -> thinking("disabled");
            case BETWEEN_TOOLS -> thinking("between_tools");
            case ALWAYS -> new ReasoningPlan(Optional.empty(), Optional.of("low"), true, true);
        };
    }

    private static ReasoningPlan thinking(String word) {
        return new ReasoningPlan(Optional.of(ofType(word).build()), Optional.empty(), false, false);
    }

    private static ReasoningPlan adaptive(LlmRequest request, ClaudeModel model, String effort, boolean thinksAnyway) {
        boolean tooHigh = effort.equals("xhigh") && !model.knowsExtraHighEffort();
        Optional<String> known = Optional.of(tooHigh ? "high" : effort);
        if (ToolsWriter.forcesOne(request, model)) {
            return new ReasoningPlan(Optional.empty(), known, thinksAnyway, false);
        }
        JsonObjectBuilder thinking = ofType("adaptive");
        if (model.hidesThinking()) {
            thinking.add("display", "summarized");
        }
        return new ReasoningPlan(Optional.of(thinking.build()), known, true, false);
    }

    private static ReasoningPlan budget(LlmRequest request, ClaudeModel model, String effort, ThinkingProof proof) {
        int budget = Math.min(wanted(effort), affordable(request.sampling().maxTokens()));
        if (budget < MIN_BUDGET || ToolsWriter.forcesOne(request, model)
                || lacksReasoning(request.messages(), proof)) {
            return new ReasoningPlan(Optional.empty(), Optional.empty(), false, true);
        }
        JsonObject thinking = ofType("enabled").add("budget_tokens", budget).build();
        return new ReasoningPlan(Optional.of(thinking), Optional.empty(), true, false);
    }

    private static int wanted(String effort) {
        return switch (effort) {
            case "low" -> MIN_BUDGET;
            case "medium" -> 4 * MIN_BUDGET;
            default -> MAX_BUDGET;
        };
    }

    /** The client's limit is on both: a quarter of it is kept for the answer. */
    private static int affordable(OptionalInt maxTokens) {
        return maxTokens.isPresent() ? maxTokens.getAsInt() - maxTokens.getAsInt() / 4 - 1 : Integer.MAX_VALUE;
    }

    /**
     * With a budget, a model goes on after a tool's result only if its call came with the reasoning before it, and never
     * from the beginning of its answer.
     */
    private static boolean lacksReasoning(List<ChatMessage> messages, ThinkingProof proof) {
        if (messages.getLast().role() == Role.ASSISTANT) {
            return true;
        }
        for (ChatMessage message : messages.reversed()) {
            if (message.role() == Role.USER) {
                return false;
            }
            if (message.role() == Role.ASSISTANT && !message.toolCalls().isEmpty()) {
                return message.reasoning().stream().allMatch(block -> MessagesWriter.reasoning(block, proof).isEmpty());
            }
        }
        return false;
    }

    private static JsonObjectBuilder ofType(String type) {
        return JSON.createObjectBuilder().add("type", type);
    }
}
