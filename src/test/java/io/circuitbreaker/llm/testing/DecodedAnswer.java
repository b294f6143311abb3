package io.circuitbreaker.llm.testing;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseListener;
import io.circuitbreaker.llm.sse.SseParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a client would have after the last chunk of one choice: all deltas put together. */
public final class DecodedAnswer {

    /** One tool call, whole. */
    public record Call(String id, String name, String arguments) {
    }

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<StringBuilder> arguments = new ArrayList<>();
    private final List<ToolCallDelta> openings = new ArrayList<>();
    private final List<ReasoningBlock> blocks = new ArrayList<>();
    private final List<StreamingChunk> chunks = new ArrayList<>();
    private Optional<FinishReason> finish = Optional.empty();
    private Optional<TokenUsage> usage = Optional.empty();
    private Optional<Failure> failure = Optional.empty();

    private DecodedAnswer() {
    }

    /** Runs a recorded body through the parser and a reader, to its end. */
    public static DecodedAnswer of(byte[] body, ChunkReader reader) {
        return of(List.of(body), reader);
    }

    /** The same for a body that comes in pieces. */
    public static DecodedAnswer of(List<byte[]> body, ChunkReader reader) {
        DecodedAnswer answer = new DecodedAnswer();
        SseListener listener = new SseListener() {
            @Override
            public void event(SseEvent event) {
                if (!reader.done()) {
                    reader.read(event, answer::add);
                }
            }

            @Override
            public void ignored(String line) {
                reader.unframed(line);
            }
        };
        try {
            SseParser parser = new SseParser(listener);
            body.forEach(piece -> parser.feed(piece, 0, piece.length));
            if (!reader.done()) {
                reader.end(answer::add);
            }
        } catch (LlmException e) {
            answer.failure = Optional.of(e.failure());
        }
        return answer;
    }

    /** Runs a document through a reader that takes it in place of a stream. */
    public static DecodedAnswer ofWhole(String json, ChunkReader reader) {
        DecodedAnswer answer = new DecodedAnswer();
        try {
            reader.readWhole(json, answer::add);
            if (!reader.done()) {
                reader.end(answer::add);
            }
        } catch (LlmException e) {
            answer.failure = Optional.of(e.failure());
        }
        return answer;
    }

    private void add(StreamingChunk chunk) {
        chunks.add(chunk);
        chunk.usage().ifPresent(latest -> usage = Optional.of(latest));
        chunk.decoded().stream().filter(choice -> choice.index() == 0).forEach(this::add);
    }

    private void add(StreamingChoice choice) {
        if (finish.isPresent()) {
            throw new AssertionError("a delta after the finish: " + choice);
        }
        Delta delta = choice.delta();
        text.append(delta.content());
        reasoning.append(delta.reasoning());
        delta.finished().ifPresent(blocks::add);
        delta.toolCalls().forEach(this::add);
        finish = choice.finish();
    }

    private void add(ToolCallDelta call) {
        if (call.index() == openings.size()) {
            openings.add(call);
            arguments.add(new StringBuilder());
        }
        arguments.get(call.index()).append(call.arguments());
    }

    public String text() {
        return text.toString();
    }

    public String reasoning() {
        return reasoning.toString();
    }

    public List<Call> toolCalls() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < openings.size(); i++) {
            calls.add(new Call(openings.get(i).id(), openings.get(i).name(), arguments.get(i).toString()));
        }
        return calls;
    }

    /** The first piece of each call, with what it has beside id and name. */
    public List<ToolCallDelta> openings() {
        return openings;
    }

    public List<ReasoningBlock> reasoningBlocks() {
        return blocks;
    }

    public List<StreamingChunk> chunks() {
        return chunks;
    }

    public Optional<FinishReason> finish() {
        return finish;
    }

    public Optional<TokenUsage> usage() {
        return usage;
    }

    public Optional<Failure> failure() {
        return failure;
    }
}
