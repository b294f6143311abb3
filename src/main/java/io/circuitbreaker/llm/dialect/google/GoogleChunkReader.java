package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.UnframedError;
import io.circuitbreaker.llm.sse.SseEvent;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads a stream of {@code GenerateContentResponse}s. Each is a small answer of its own, and only the closing of the
 * connection says which was the last: finish reasons and usage are kept, and emitted at the end.
 */
final class GoogleChunkReader implements ChunkReader {

    private final int choices;
    private final CallIds ids;
    private final UnframedError unframed = new UnframedError();
    private final List<Candidate> candidates = new ArrayList<>(1);

    private StreamHead head;
    private boolean idKnown;
    private boolean modelKnown;
    private String usage = "";
    private boolean blocked;
    private boolean failed;

    // the chunk being read; emitted when all of it has been understood
    private final List<CandidatePiece> pieces = new ArrayList<>(1);
    private boolean blocks;
    private Optional<JsonObject> error = Optional.empty();

    /** @param choices how many candidates were asked for */
    GoogleChunkReader(StreamHead fallback, int choices, CallIds ids) {
        this.head = fallback;
        this.choices = choices;
        this.ids = ids;
    }

    @Override
    public StreamHead head() {
        return head;
    }

    @Override
    public void read(SseEvent event, Consumer<? super StreamingChunk> chunks) {
        if (!event.data().isBlank()) {
            readWhole(event.data(), chunks);
        }
    }

    /** One chunk, or the array of chunks that an address without {@code alt=sse} gives. */
    @Override
    public void readWhole(String json, Consumer<? super StreamingChunk> chunks) {
        try {
            document(new JsonCursor(json), chunks);
        } catch (MalformedChunkException e) {
            throw skippable(e, chunks);
        } catch (LlmException e) {
            if (!failed) {
                failing(chunks);
            }
            throw e;
        }
    }

    @Override
    public void unframed(String line) {
        unframed.add(line);
    }

    @Override
    public boolean done() {
        return failed;
    }

    @Override
    public boolean finished() {
        return allEnded() && (blocked || candidates.size() >= choices) && candidates.stream().noneMatch(Candidate::spokeOn);
    }

    private boolean allEnded() {
        return !failed && (blocked || !candidates.isEmpty() && candidates.stream().allMatch(Candidate::finished));
    }

    @Override
    public void end(Consumer<? super StreamingChunk> chunks) {
        // An error wins over a finish reason: old models say STOP long before the end.
        unframed.error().ifPresent(said -> fail(Errors.inStream(head.provider(), said), chunks));
        // A body that ends properly is the only last word there is: fewer candidates than asked for can be all.
        if (!allEnded()) {
            fail(new Failure.ClosedEarly("provider '" + head.provider()
                    + "' closed the stream before the answer had a finish reason"), chunks);
        }
        if (candidates.isEmpty()) {
            candidate(0, chunks);
        }
        // Beside a good one, a candidate that failed is one that says so.
        if (candidates.stream().allMatch(Candidate::failed)) {
            fail(Failure.ProviderFailed.of("provider '" + head.provider() + "' ended the answer with "
                    + candidates.getFirst().finish()), chunks);
        }
        candidates.forEach(candidate -> candidate.end(blocked, chunks));
        lastUsage().map(StreamingChunk::usage).ifPresent(chunks);
    }

    private void document(JsonCursor cursor, Consumer<? super StreamingChunk> chunks) {
        if (cursor.peek() != '[') {
            chunk(cursor);
            cursor.end();
            emit(chunks);
            return;
        }
        cursor.enterArray();
        while (cursor.nextElement()) {
            chunk(cursor);
            emit(chunks);
        }
        cursor.end();
    }

    private void chunk(JsonCursor cursor) {
        pieces.clear();
        blocks = false;
        error = Optional.empty();
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("candidates") && cursor.peek() != 'n') {
                readCandidates(cursor);
            } else if (cursor.keyIs("usageMetadata") && cursor.peek() == '{') {
                // Each replaces the one before it; only the last is worth decoding.
                usage = cursor.raw();
            } else if (!idKnown && cursor.keyIs("responseId")) {
                id(cursor.string());
            } else if (!modelKnown && cursor.keyIs("modelVersion")) {
                model(cursor.string());
            } else if (cursor.keyIs("promptFeedback") && cursor.peek() == '{') {
                feedback(cursor);
            } else if (cursor.keyIs("error") && cursor.peek() != 'n') {
                error = Optional.of(errorDocument(cursor.raw()));
            } else {
                cursor.skip();
            }
        }
    }

    private void readCandidates(JsonCursor cursor) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            pieces.add(CandidatePiece.read(cursor));
        }
    }

    private void feedback(JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("blockReason")) {
                blocks |= cursor.skipNonEmptyString();
            } else {
                cursor.skip();
            }
        }
    }

    private void id(String id) {
        if (!id.isEmpty()) {
            head = new StreamHead(id, head.created(), head.model(), head.provider());
            idKnown = true;
        }
    }

    private void model(String model) {
        head = head.withModel(model);
        modelKnown = !model.isEmpty();
    }

    private void emit(Consumer<? super StreamingChunk> chunks) {
        blocked |= blocks;
        for (CandidatePiece piece : pieces) {
            candidate(piece.index(), chunks).read(piece, chunks);
        }
        error.ifPresent(said -> fail(Errors.inStream(head.provider(), said), chunks));
    }

    private void fail(Failure failure, Consumer<? super StreamingChunk> chunks) {
        failing(chunks);
        throw new LlmException(failure);
    }

    /** The tokens of an answer that failed are spent all the same. */
    private void failing(Consumer<? super StreamingChunk> chunks) {
        failed = true;
        lastUsage().map(StreamingChunk::usage).ifPresent(chunks);
    }

    private static JsonObject errorDocument(String error) {
        try {
            return JsonText.parseObject("{\"error\":" + error + '}');
        } catch (JsonException e) {
            throw new MalformedChunkException("expected an error to be JSON");
        }
    }

    /** The candidate of this index, which is started if it is new. */
    private Candidate candidate(int index, Consumer<? super StreamingChunk> chunks) {
        for (Candidate candidate : candidates) {
            if (candidate.index() == index) {
                return candidate;
            }
        }
        Candidate started = new Candidate(index, head.provider(), ids);
        candidates.add(started);
        started.start(chunks);
        return started;
    }

    /** A chunk can be skipped, but not one that may have had a piece of a tool call's arguments. */
    private RuntimeException skippable(MalformedChunkException e, Consumer<? super StreamingChunk> chunks) {
        if (candidates.stream().noneMatch(Candidate::hasOpenCall)) {
            return e;
        }
        failing(chunks);
        return e.inToolCall(head.provider());
    }

    private Optional<TokenUsage> lastUsage() {
        try {
            return usage.isEmpty() ? Optional.empty() : UsageMetadata.read(usage);
        } catch (MalformedChunkException e) {
            // The answer is complete; counts that cannot be read do not take it back.
            return Optional.empty();
        }
    }
}
