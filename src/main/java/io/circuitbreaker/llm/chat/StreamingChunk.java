package io.circuitbreaker.llm.chat;

import java.util.List;
import java.util.Optional;

/**
 * One step of a streamed answer: decoded, or the original JSON of a provider that speaks the client's dialect.
 *
 * <p>A forwarded chunk is not decoded: its {@link #choices()} are empty and {@link #wire()} has all there is, but for
 * usage, which has been taken out of the text because the client may not have asked for it.
 */
public final class StreamingChunk {

    /** @param json one JSON object in one line, in the wire language {@code dialect} */
    public record Wire(String dialect, String json) {
    }

    private final List<StreamingChoice> choices;
    private final Optional<TokenUsage> usage;
    private final Optional<Wire> wire;
    private final boolean speaks;
    private final Optional<Voice> voice;

    private StreamingChunk(List<StreamingChoice> choices, Optional<TokenUsage> usage, Optional<Wire> wire,
                           boolean speaks) {
        this(choices, usage, wire, speaks, Optional.empty());
    }

    private StreamingChunk(List<StreamingChoice> choices, Optional<TokenUsage> usage, Optional<Wire> wire,
                           boolean speaks, Optional<Voice> voice) {
        this.voice = voice;
        this.choices = choices;
        this.usage = usage;
        this.wire = wire;
        this.speaks = speaks;
    }

    public static StreamingChunk of(StreamingChoice choice) {
        return new StreamingChunk(List.of(choice), Optional.empty(), Optional.empty(), choice.delta().speaks());
    }

    public static StreamingChunk of(List<StreamingChoice> choices) {
        boolean speaks = choices.stream().anyMatch(choice -> choice.delta().speaks());
        return new StreamingChunk(List.copyOf(choices), Optional.empty(), Optional.empty(), speaks);
    }

    public static StreamingChunk of(Delta delta) {
        return of(StreamingChoice.of(delta));
    }

    /** Usage so far. A later one replaces it; it is not added. */
    public static StreamingChunk usage(TokenUsage usage) {
        return new StreamingChunk(List.of(), Optional.of(usage), Optional.empty(), false);
    }

    public static StreamingChunk forwarded(Wire wire, boolean speaks) {
        return new StreamingChunk(List.of(), Optional.empty(), Optional.of(wire), speaks);
    }

    /** The same, said by one of several: as their choice, whatever its own number. */
    public StreamingChunk by(Voice speaker) {
        List<StreamingChoice> theirs = choices.stream().map(choice -> choice.as(speaker.choice())).toList();
        return new StreamingChunk(theirs, usage, wire, speaks, Optional.of(speaker));
    }

    /** Whose chunk it is, in an answer of several; a forwarded one's text is still as its provider wrote it. */
    public Optional<Voice> voice() {
        return voice;
    }

    public List<StreamingChoice> choices() {
        return choices;
    }

    public Optional<TokenUsage> usage() {
        return usage;
    }

    public Optional<Wire> wire() {
        return wire;
    }

    /** Whether it has a real token: text, reasoning, refusal or a piece of a tool call. */
    public boolean speaks() {
        return speaks;
    }
}
