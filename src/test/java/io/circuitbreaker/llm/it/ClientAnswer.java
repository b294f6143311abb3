package io.circuitbreaker.llm.it;

import com.openai.core.JsonString;
import com.openai.core.JsonValue;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.completions.CompletionUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What OpenAI's Java client has of an answer, put together: the same whether it came as a stream or whole. */
record ClientAnswer(Map<Long, Choice> choices, Optional<CompletionUsage> usage) {

    /** One tool call, its arguments as they came. */
    record Call(String id, String name, String arguments) {
    }

    /** One of possibly several answers. */
    static final class Choice {

        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final StringBuilder refusal = new StringBuilder();
        private final List<Call> calls = new ArrayList<>();
        private String finish = "";

        String text() {
            return text.toString();
        }

        String reasoning() {
            return reasoning.toString();
        }

        String refusal() {
            return refusal.toString();
        }

        List<Call> calls() {
            return calls;
        }

        /** Empty if there was none. */
        String finish() {
            return finish;
        }

        private void add(ChatCompletionChunk.Choice piece) {
            ChatCompletionChunk.Choice.Delta delta = piece.delta();
            delta.content().ifPresent(text::append);
            delta.refusal().ifPresent(refusal::append);
            reasoning.append(reasoningIn(delta._additionalProperties()));
            delta.toolCalls().orElse(List.of()).forEach(this::add);
            piece.finishReason().ifPresent(reason -> finish = reason.asString());
        }

        private void add(ChatCompletionChunk.Choice.Delta.ToolCall piece) {
            int index = (int) piece.index();
            if (index == calls.size()) {
                calls.add(new Call("", "", ""));
            }
            Call sofar = calls.get(index);
            String name = piece.function().flatMap(function -> function.name()).orElse("");
            String arguments = piece.function().flatMap(function -> function.arguments()).orElse("");
            calls.set(index, new Call(sofar.id + piece.id().orElse(""), sofar.name + name, sofar.arguments + arguments));
        }

        private void add(ChatCompletion.Choice whole) {
            ChatCompletionMessage message = whole.message();
            message.content().ifPresent(text::append);
            message.refusal().ifPresent(refusal::append);
            reasoning.append(reasoningIn(message._additionalProperties()));
            message.toolCalls().orElse(List.of()).forEach(call -> add(call.asFunction()));
            finish = whole._finishReason().asKnown().map(reason -> reason.asString()).orElse("");
        }

        private void add(ChatCompletionMessageFunctionToolCall call) {
            calls.add(new Call(call.id(), call.function().name(), call.function().arguments()));
        }

        /** Not of OpenAI's API; servers send it under two names, sometimes under both. */
        private static String reasoningIn(Map<String, JsonValue> more) {
            return Stream.of("reasoning_content", "reasoning")
                    .map(name -> more.get(name) instanceof JsonString text ? text.value() : "")
                    .filter(text -> !text.isEmpty()).findFirst().orElse("");
        }
    }

    static ClientAnswer of(Stream<ChatCompletionChunk> chunks) {
        Map<Long, Choice> choices = new TreeMap<>();
        List<CompletionUsage> usages = new ArrayList<>();
        chunks.forEach(chunk -> {
            chunk.choices().forEach(piece -> choices.computeIfAbsent(piece.index(), _ -> new Choice()).add(piece));
            chunk.usage().ifPresent(usages::add);
        });
        if (usages.size() > 1) {
            throw new AssertionError("more than one usage: " + usages);
        }
        return new ClientAnswer(choices, usages.stream().findFirst());
    }

    static ClientAnswer of(ChatCompletion whole) {
        Map<Long, Choice> choices = new TreeMap<>();
        whole.choices().forEach(choice -> choices.computeIfAbsent(choice.index(), _ -> new Choice()).add(choice));
        return new ClientAnswer(choices, whole.usage());
    }
}
