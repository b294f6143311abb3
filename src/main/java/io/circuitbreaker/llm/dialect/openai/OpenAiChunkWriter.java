package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.chat.Voice;
import io.circuitbreaker.llm.dialect.ChunkWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Chunks as {@code chat.completion.chunk} objects. What all of a stream's chunks share is written once, and once for each
 * who speaks where several do.
 */
final class OpenAiChunkWriter implements ChunkWriter {

    private static final String DONE = "[DONE]";

    private final StreamHead head;
    private final boolean includeUsage;
    private final WireVoice wireVoice;
    private final Map<Voice, String> openings = new HashMap<>(0);
    private final StringBuilder json = new StringBuilder(512);
    private String opening;
    private Optional<TokenUsage> usage = Optional.empty();

    OpenAiChunkWriter(StreamHead head, boolean includeUsage) {
        this.head = head;
        this.opening = opening(head.model(), head.provider());
        this.includeUsage = includeUsage;
        this.wireVoice = new WireVoice(head.id());
    }

    private String opening(String model, String provider) {
        StringBuilder start = new StringBuilder("{\"id\":");
        JsonText.quote(start, head.id()).append(",\"object\":\"chat.completion.chunk\",\"created\":")
                .append(head.created());
        JsonText.quote(start.append(",\"model\":"), model);
        JsonText.quote(start.append(",\"provider\":"), provider);
        return start.append(",\"choices\":[").toString();
    }

    @Override
    public void write(StreamingChunk chunk, Consumer<? super String> events) {
        if (chunk.wire().isPresent()) {
            String json = chunk.wire().get().json();
            events.accept(chunk.voice().isPresent() ? wireVoice.speak(json, chunk.voice().get()) : json);
            return;
        }
        if (chunk.usage().isPresent()) {
            usage = chunk.usage();
        }
        chunk.continuation().ifPresent(part -> opening = opening(part.model(), part.provider()));
        if (!chunk.choices().isEmpty()) {
            String beginning = chunk.voice().map(this::openingOf).orElse(opening);
            events.accept(choices(beginning, chunk.choices(), chunk.continuation()));
        }
    }

    private String openingOf(Voice voice) {
        return openings.computeIfAbsent(voice, speaker -> opening(speaker.head().model(), speaker.head().provider()));
    }

    /** Exactly one usage chunk, after everything else, if the client asked and the provider told. */
    @Override
    public void end(Consumer<? super String> events) {
        if (includeUsage && usage.isPresent()) {
            events.accept(opening + "],\"usage\":" + Usages.write(usage.get()) + "}");
        }
        events.accept(DONE);
    }

    private String choices(String beginning, List<StreamingChoice> choices, Optional<Continuation> continuation) {
        json.setLength(0);
        json.append(beginning);
        for (int i = 0; i < choices.size(); i++) {
            if (i > 0) {
                json.append(',');
            }
            choice(choices.get(i));
        }
        json.append(']');
        continuation.ifPresent(part -> json.append(",\"continuation\":").append(Continuations.write(part)));
        return json.append('}').toString();
    }

    private void choice(StreamingChoice choice) {
        json.append("{\"index\":").append(choice.index()).append(",\"delta\":{");
        delta(choice.delta());
        Optional<FinishReason> finish = choice.finish();
        if (finish.isEmpty()) {
            json.append("},\"finish_reason\":null}");
            return;
        }
        JsonText.quote(json.append("},\"finish_reason\":"), finish.get().word());
        choice.failure().ifPresent(why -> ClientErrors.write(json.append(",\"error\":"), why));
        json.append('}');
    }

    private void delta(Delta delta) {
        int empty = json.length();
        if (delta.startsMessage()) {
            member(empty, "role", "assistant");
        }
        if (!delta.content().isEmpty() || (delta.startsMessage() && !delta.speaks())) {
            member(empty, "content", delta.content());
        }
        if (!delta.reasoning().isEmpty()) {
            member(empty, "reasoning_content", delta.reasoning());
        }
        if (!delta.refusal().isEmpty()) {
            member(empty, "refusal", delta.refusal());
        }
        if (!delta.toolCalls().isEmpty()) {
            name(empty, "tool_calls").append('[');
            delta.toolCalls().forEach(this::toolCall);
            json.setCharAt(json.length() - 1, ']');
        }
        if (delta.image().isPresent()) {
            // In the form that OpenRouter gave it; OpenAI's own models do not answer with images here.
            name(empty, "images").append("[{\"type\":\"image_url\",\"image_url\":{\"url\":");
            JsonText.quote(json, delta.image().get().url()).append("}}]");
        }
        if (delta.finished().isPresent()) {
            name(empty, "reasoning_details").append('[').append(ReasoningDetails.write(delta.finished().get()))
                    .append(']');
        }
    }

    private void toolCall(ToolCallDelta call) {
        json.append("{\"index\":").append(call.index());
        if (!call.id().isEmpty()) {
            JsonText.quote(json.append(",\"id\":"), call.id()).append(",\"type\":\"function\"");
        }
        json.append(",\"function\":{");
        if (!call.name().isEmpty()) {
            JsonText.quote(json.append("\"name\":"), call.name()).append(',');
        }
        JsonText.quote(json.append("\"arguments\":"), call.arguments()).append('}');
        call.extra().ifPresent(extra -> json.append(",\"extra_content\":").append(extra));
        json.append("},");
    }

    private void member(int empty, String name, String value) {
        JsonText.quote(name(empty, name), value);
    }

    private StringBuilder name(int empty, String name) {
        if (json.length() > empty) {
            json.append(',');
        }
        return json.append('"').append(name).append("\":");
    }
}
