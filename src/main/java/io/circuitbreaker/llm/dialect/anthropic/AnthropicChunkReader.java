package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.UnframedError;
import io.circuitbreaker.llm.sse.SseEvent;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads Anthropic's events:
 *
 * <pre>
 * message_start ─> ( content_block_start ─> content_block_delta* ─> content_block_stop )*
 *               ─> message_delta ─> message_stop
 * </pre>
 *
 * <p>Pings and events that we do not know may stand anywhere, an error too. Blocks have come one after the other in
 * every recording; the protocol numbers them, so here they may interleave.
 */
final class AnthropicChunkReader implements ChunkReader {

    private final UsageTally usage = new UsageTally();
    private final UnframedError stray = new UnframedError();
    private final BlockDelta piece = new BlockDelta();
    private final Map<Long, ContentBlock> open = new LinkedHashMap<>();
    private final ThinkingProof proof;
    private StreamHead head;
    private int toolCalls;
    private boolean started;
    private boolean spoke;
    private boolean finished;
    private boolean done;

    AnthropicChunkReader(StreamHead fallback) {
        head = fallback;
        proof = new ThinkingProof(fallback.model());
    }

    @Override
    public StreamHead head() {
        return head;
    }

    @Override
    public void read(SseEvent event, Consumer<? super StreamingChunk> chunks) {
        String data = event.data();
        if (data.isBlank()) {
            return;
        }
        try {
            if (piece.read(event.type(), data)) {
                addPiece(chunks);
            } else {
                readEvent(event.type(), Json.parse(data), chunks);
            }
        } catch (MalformedChunkException e) {
            throw skippable(e);
        }
    }

    private RuntimeException skippable(MalformedChunkException e) {
        boolean inToolCall = open.values().stream().anyMatch(ContentBlock.Tool.class::isInstance);
        return inToolCall ? e.inToolCall(head.provider()) : e;
    }

    private void readEvent(String eventType, JsonObject event, Consumer<? super StreamingChunk> chunks) {
        String type = event.containsKey("type") ? Json.text(event, "type") : eventType;
        switch (type) {
            case "message_start" -> start(Json.requiredObject(event, "message"), chunks);
            case "content_block_start" -> open(index(event), Json.requiredObject(event, "content_block"), chunks);
            case "content_block_stop" -> close(index(event), chunks);
            case "message_delta" -> finish(Json.object(event, "delta"), Json.object(event, "usage"), chunks);
            case "message_stop" -> stop(chunks);
            case "error" -> throw new LlmException(AnthropicErrors.inStream(head.provider(), event));
            default -> {
                // A ping, or what has been invented since: the protocol asks that it be ignored.
            }
        }
    }

    @Override
    public void readWhole(String json, Consumer<? super StreamingChunk> chunks) {
        JsonObject message = Json.parse(json);
        switch (Json.text(message, "type")) {
            case "message" -> readMessage(message, chunks);
            case "error" -> throw new LlmException(AnthropicErrors.inStream(head.provider(), message));
            default -> throw new MalformedChunkException("expected 'type' to be \"message\" or \"error\"");
        }
    }

    private void readMessage(JsonObject message, Consumer<? super StreamingChunk> chunks) {
        if (!(message.get("content") instanceof JsonArray blocks)) {
            throw new MalformedChunkException("expected 'content' to be an array");
        }
        start(message, chunks);
        long index = 0;
        for (JsonValue block : blocks) {
            if (!(block instanceof JsonObject object)) {
                throw new MalformedChunkException("expected a content block to be an object");
            }
            open(index, object, chunks);
            close(index++, chunks);
        }
        finish(message, JsonValue.EMPTY_JSON_OBJECT, chunks);
        stop(chunks);
    }

    private void start(JsonObject message, Consumer<? super StreamingChunk> chunks) {
        String id = Json.text(message, "id");
        String model = Json.text(message, "model");
        usage.update(Json.object(message, "usage"));
        head = new StreamHead(id.isEmpty() ? head.id() : id, head.created(), head.model(), head.provider())
                .withModel(model);
        ensureStarted(chunks);
        // Not held back until the end: of a stream that breaks off, the prompt has been paid for all the same.
        usage.total().map(StreamingChunk::usage).ifPresent(chunks);
    }

    private void open(long index, JsonObject start, Consumer<? super StreamingChunk> chunks) {
        if (finished) {
            return;
        }
        ContentBlock block = ContentBlock.of(start, toolCalls, proof);
        close(index, chunks);
        if (block instanceof ContentBlock.Tool) {
            toolCalls++;
        }
        open.put(index, block);
        block.open(delta -> emit(delta, chunks));
    }

    private void addPiece(Consumer<? super StreamingChunk> chunks) {
        if (finished) {
            return;
        }
        ContentBlock block = open.get(piece.index());
        if (block == null) {
            if (piece.kind() == BlockDelta.Kind.ARGUMENTS && !piece.value().isEmpty()) {
                // What began the call may have been lost: without it the answer is not what the model said.
                throw new LlmException(new Failure.Malformed("provider '" + head.provider()
                        + "' sent a piece of a tool call that it had not begun"));
            }
            block = ContentBlock.unannounced(piece, proof);
            open.put(piece.index(), block);
        }
        block.add(piece, delta -> emit(delta, chunks));
    }

    private void close(long index, Consumer<? super StreamingChunk> chunks) {
        ContentBlock block = open.remove(index);
        if (block != null) {
            block.close(delta -> emit(delta, chunks));
        }
    }

    /**
     * @param end    has {@code stop_reason}, which is null in a message_delta that only brings usage
     * @param latest empty if there is none
     */
    private void finish(JsonObject end, JsonObject latest, Consumer<? super StreamingChunk> chunks) {
        String reason = Json.text(end, "stop_reason");
        String refusal = Json.text(Json.object(end, "stop_details"), "explanation");
        usage.update(latest);
        if (!finished && !reason.isEmpty()) {
            closeAll(chunks);
            if (!refusal.isEmpty()) {
                emit(new Delta(false, "", "", refusal, List.of(), Optional.empty()), chunks);
            }
            ensureStarted(chunks);
            finished = true;
            chunks.accept(StreamingChunk.of(StreamingChoice.finish(finishReason(reason))));
        }
        usage.total().map(StreamingChunk::usage).ifPresent(chunks);
    }

    /** Some servers leave the reason out; then all has come if anything has, and no reason is made up. */
    private void stop(Consumer<? super StreamingChunk> chunks) {
        closeAll(chunks);
        if (!finished && !spoke) {
            throw new LlmException(new Failure.ClosedEarly(
                    "provider '" + head.provider() + "' ended its stream without an answer"));
        }
        done = true;
    }

    private void closeAll(Consumer<? super StreamingChunk> chunks) {
        open.values().forEach(block -> block.close(delta -> emit(delta, chunks)));
        open.clear();
    }

    private static FinishReason finishReason(String word) {
        return switch (word) {
            // A paused turn has no OpenAI word; its client can only go on by asking again, as after a stop.
            case "end_turn", "stop_sequence", "pause_turn" -> FinishReason.STOP;
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            default -> new FinishReason(word);
        };
    }

    private void emit(Delta delta, Consumer<? super StreamingChunk> chunks) {
        ensureStarted(chunks);
        spoke |= delta.speaks();
        chunks.accept(StreamingChunk.of(delta));
    }

    private void ensureStarted(Consumer<? super StreamingChunk> chunks) {
        if (!started) {
            started = true;
            chunks.accept(StreamingChunk.of(Delta.START));
        }
    }

    private static long index(JsonObject event) {
        return Json.number(event, "index", 0);
    }

    @Override
    public void unframed(String line) {
        stray.add(line);
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public void end(Consumer<? super StreamingChunk> chunks) {
        if (done || finished) {
            return;
        }
        stray.error().ifPresent(error -> {
            throw new LlmException(AnthropicErrors.inStream(head.provider(), error));
        });
        throw new LlmException(new Failure.ClosedEarly(
                "provider '" + head.provider() + "' closed the stream before it sent message_stop"));
    }
}
