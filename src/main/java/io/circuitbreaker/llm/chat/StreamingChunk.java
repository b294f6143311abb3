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

    /**
     * @param json    one JSON object in one line, in the wire language {@code dialect}
     * @param decoder knows that language
     */
    public record Wire(String dialect, String json, Decoder decoder) {
    }

    /** Reads a chunk that is forwarded as text, for the few who must know what it says. */
    @FunctionalInterface
    public interface Decoder {

        /** @throws LlmException with {@code Malformed} if there is more in it than can be decoded */
        List<StreamingChoice> choices(String json);
    }

    private final List<StreamingChoice> choices;
    private final Optional<TokenUsage> usage;
    private final Optional<Wire> wire;
    private final Optional<Continuation> continuation;
    private final boolean speaks;
    private final Optional<Voice> voice;

    private StreamingChunk(List<StreamingChoice> choices, Optional<TokenUsage> usage, Optional<Wire> wire,
                           boolean speaks) {
        this(choices, usage, wire, Optional.empty(), Optional.empty(), speaks);
    }

    private StreamingChunk(List<StreamingChoice> choices, Optional<TokenUsage> usage, Optional<Wire> wire,
                           Optional<Continuation> continuation, Optional<Voice> voice, boolean speaks) {
        this.voice = voice;
        this.choices = choices;
        this.usage = usage;
        this.wire = wire;
        this.continuation = continuation;
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

    /** The same, as the first chunk of another provider's part of the answer. */
    public StreamingChunk opening(Continuation part) {
        return new StreamingChunk(choices, usage, wire, Optional.of(part), voice, speaks);
    }

    /** The same, said by one of several: as their choice, whatever its own number. */
    public StreamingChunk by(Voice speaker) {
        List<StreamingChoice> theirs = choices.stream().map(choice -> choice.as(speaker.choice())).toList();
        return new StreamingChunk(theirs, usage, wire, continuation, Optional.of(speaker), speaks);
    }

    /** Whose chunk it is, in an answer of several; a forwarded one's text is still as its provider wrote it. */
    public Optional<Voice> voice() {
        return voice;
    }

    public List<StreamingChoice> choices() {
        return choices;
    }

    /** {@link #choices()}, those of a forwarded chunk included; decoded anew at each call. */
    public List<StreamingChoice> decoded() {
        return wire.isPresent() ? wire.get().decoder().choices(wire.get().json()) : choices;
    }

    public Optional<TokenUsage> usage() {
        return usage;
    }

    public Optional<Wire> wire() {
        return wire;
    }

    /** Whose part of the answer begins with it; empty for all others, and for the answer's own first. */
    public Optional<Continuation> continuation() {
        return continuation;
    }

    /** Whether it has a real token: text, reasoning, refusal or a piece of a tool call. */
    public boolean speaks() {
        return speaks;
    }
}
