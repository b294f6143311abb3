package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.chat.ToolChoice;
import io.circuitbreaker.llm.chat.ToolDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the demo provider says, token by token.
 *
 * @param failure how it ends after the last chunk; empty for well
 */
record DemoScript(List<StreamingChunk> chunks, Optional<Failure> failure) {

    static final List<String> MODELS =
            List.of("demo", "demo-reasoning", "demo-tool", "demo-error", "demo-overloaded", "demo-cut");

    private static final String WHO = "This is the demo provider of the Circuit Breaker LLM Router. No language model is "
            + "behind it: these words are made up on the spot, at the speed of one, so that you can watch them stream. ";
    private static final String HOW = "Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY and restart to talk to a "
            + "real one. Until then try the models demo-reasoning, demo-tool, demo-error, demo-overloaded and demo-cut, "
            + "or give me tools to call.";
    private static final String THOUGHTS = "The user wants to see reasoning being streamed. I have none, so I say what I "
            + "would do: read the request, weigh it, and answer briefly. ";
    private static final int CHARACTERS_PER_TOKEN = 4;

    /** @throws LlmException for the models that fail before their first token */
    static DemoScript of(String model, LlmRequest request) {
        return switch (model) {
            case "demo-error" -> throw new LlmException(Failure.ProviderFailed.of(
                    "provider 'demo' answered 500: this model fails before its first token, as you asked"));
            case "demo-overloaded" -> throw new LlmException(new Failure.Overloaded(
                    "provider 'demo' answered 503: this model is always overloaded, as you asked",
                    Optional.of(Duration.ofSeconds(2))));
            case "demo-cut" -> cut(request);
            case "demo-reasoning" -> answer(request, THOUGHTS, WHO + HOW);
            case "demo-tool" -> toolCall(request, tool(request).orElse(
                    new ToolDefinition("get_weather", Optional.empty(), Optional.empty(), false)));
            default -> callsTool(request) ? toolCall(request, tool(request).orElseThrow())
                    : answer(request, "", WHO + received(request) + HOW);
        };
    }

    private static boolean callsTool(LlmRequest request) {
        boolean allowed = !(request.tooling().choice().orElse(null) instanceof ToolChoice.None);
        boolean answered = request.messages().getLast().role() == Role.TOOL;
        return allowed && !answered && tool(request).isPresent();
    }

    private static Optional<ToolDefinition> tool(LlmRequest request) {
        List<ToolDefinition> tools = request.tooling().tools();
        return request.tooling().choice().orElse(null) instanceof ToolChoice.Function wanted
                ? tools.stream().filter(tool -> tool.name().equals(wanted.name())).findFirst() : tools.stream().findFirst();
    }

    private static String received(LlmRequest request) {
        ChatMessage last = request.messages().getLast();
        String what = last.role() == Role.TOOL ? "The tool's result" : "Your last message";
        return what + " has " + last.text().length() + " characters. ";
    }

    private static DemoScript answer(LlmRequest request, String thoughts, String words) {
        List<Delta> deltas = new ArrayList<>();
        tokens(thoughts).forEach(token -> deltas.add(Delta.reasoning(token)));
        int reasoning = deltas.size();
        tokens(words).forEach(token -> deltas.add(Delta.content(token)));
        int allowed = request.sampling().maxTokens().orElse(Integer.MAX_VALUE);
        List<StreamingChunk> chunks = new ArrayList<>(List.of(StreamingChunk.of(Delta.START)));
        deltas.stream().limit(allowed).map(StreamingChunk::of).forEach(chunks::add);
        FinishReason reason = deltas.size() > allowed ? FinishReason.LENGTH : FinishReason.STOP;
        return ended(request, chunks, reason, Math.min(reasoning, allowed));
    }

    private static DemoScript toolCall(LlmRequest request, ToolDefinition tool) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(StreamingChunk.of(Delta.START)));
        chunks.add(StreamingChunk.of(Delta.toolCall(
                new ToolCallDelta(0, "call_demo_1", tool.name(), "", Optional.empty()))));
        for (String piece : tokens(DemoArguments.of(tool))) {
            chunks.add(StreamingChunk.of(Delta.toolCall(new ToolCallDelta(0, "", "", piece, Optional.empty()))));
        }
        return ended(request, chunks, FinishReason.TOOL_CALLS, 0);
    }

    private static DemoScript cut(LlmRequest request) {
        DemoScript whole = answer(request, "", WHO);
        List<StreamingChunk> half = whole.chunks.subList(0, whole.chunks.size() / 2);
        return new DemoScript(List.copyOf(half), Optional.of(new Failure.ClosedEarly(
                "provider 'demo' closed the connection before it said that the answer was complete, as you asked")));
    }

    private static DemoScript ended(LlmRequest request, List<StreamingChunk> chunks, FinishReason reason, int reasoning) {
        long prompt = request.messages().stream().mapToLong(message -> message.text().length()).sum()
                / CHARACTERS_PER_TOKEN + 1;
        long completion = chunks.size() - 1L;
        chunks.add(StreamingChunk.of(StreamingChoice.finish(reason)));
        chunks.add(StreamingChunk.usage(TokenUsage.of(prompt, completion, 0, reasoning)));
        return new DemoScript(List.copyOf(chunks), Optional.empty());
    }

    /** Words with the space that follows them, as tokenizers cut them or nearly so. */
    private static List<String> tokens(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("(?<= )"));
    }
}
