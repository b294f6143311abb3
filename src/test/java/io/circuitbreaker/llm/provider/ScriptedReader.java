package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.sse.SseEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A reader of a language in which an event says what the reader is to do: {@code malformed}, {@code broken} (it cannot be
 * skipped), {@code failed}, {@code done}, and anything else is text. It writes down how it is called.
 */
final class ScriptedReader implements ChunkReader {

    static final TokenUsage HELD_BACK = TokenUsage.of(7, 5, 0, 0);

    final List<String> calls = new ArrayList<>();
    private final String atItsEnd;
    private boolean done;

    private ScriptedReader(String atItsEnd) {
        this.atItsEnd = atItsEnd;
    }

    static ScriptedReader endingWell() {
        return new ScriptedReader("");
    }

    /** @param event what {@link #end} does, after it has emitted the usage that it held back */
    static ScriptedReader endingWith(String event) {
        return new ScriptedReader(event);
    }

    @Override
    public StreamHead head() {
        return new StreamHead("id", 0, "model", "test");
    }

    @Override
    public void read(SseEvent event, Consumer<? super StreamingChunk> chunks) {
        calls.add("read " + event.data());
        act(event.data(), chunks);
    }

    @Override
    public void readWhole(String json, Consumer<? super StreamingChunk> chunks) {
        calls.add("readWhole " + json);
        act(json, chunks);
    }

    private void act(String data, Consumer<? super StreamingChunk> chunks) {
        switch (data) {
            case "malformed" -> throw new MalformedChunkException("cannot be read");
            case "broken" -> throw new LlmException(new Failure.Malformed("cannot be skipped"));
            case "failed" -> throw new LlmException(Failure.ProviderFailed.of("failed"));
            case "early" -> throw new LlmException(new Failure.ClosedEarly("closed early"));
            case "done" -> done = true;
            case "" -> { }
            default -> chunks.accept(StreamingChunk.of(Delta.content(data)));
        }
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public boolean finished() {
        return done;
    }

    @Override
    public void end(Consumer<? super StreamingChunk> chunks) {
        calls.add("end");
        chunks.accept(StreamingChunk.usage(HELD_BACK));
        chunks.accept(StreamingChunk.of(Delta.content("held back")));
        act(atItsEnd, chunks);
    }
}
