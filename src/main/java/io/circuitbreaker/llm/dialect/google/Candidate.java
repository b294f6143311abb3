package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Optional;
import java.util.function.Consumer;

/** One of the answers that a stream makes side by side. */
final class Candidate {

    private final int index;
    private final String provider;
    private final CallIds ids;

    // the answer so far; open is the call whose arguments are still coming, or null
    private boolean spokeOn;
    private String finish = "";
    private int calls;
    private PartialArguments open;

    Candidate(int index, String provider, CallIds ids) {
        this.index = index;
        this.provider = provider;
        this.ids = ids;
    }

    int index() {
        return index;
    }

    boolean hasOpenCall() {
        return open != null;
    }

    boolean finished() {
        return !finish.isEmpty();
    }

    /** It had a finish and spoke on: old models say STOP with every chunk, and it means nothing. */
    boolean spokeOn() {
        return spokeOn;
    }

    boolean failed() {
        return FinishReasons.failed(finish);
    }

    /** Google's word for its end; empty if it has none. */
    String finish() {
        return finish;
    }

    void start(Consumer<? super StreamingChunk> chunks) {
        emit(Delta.START, chunks);
    }

    void read(CandidatePiece piece, Consumer<? super StreamingChunk> chunks) {
        for (Part part : piece.parts()) {
            spokeOn |= finished() && part.speaks();
            read(part, chunks);
        }
        // The last one counts.
        if (FinishReasons.ends(piece.finish())) {
            finish = piece.finish();
        }
    }

    /** @param blocked whether the prompt was refused, so that an answer without an end has ended */
    void end(boolean blocked, Consumer<? super StreamingChunk> chunks) {
        close(chunks);
        FinishReason reason = finish.isEmpty() && blocked ? FinishReason.CONTENT_FILTER
                : FinishReasons.of(finish, calls > 0);
        chunks.accept(StreamingChunk.of(new StreamingChoice(index, Delta.EMPTY, Optional.of(reason))));
    }

    private void read(Part part, Consumer<? super StreamingChunk> chunks) {
        if (part.call() != null) {
            call(part.call(), part.signature(), chunks);
            return;
        }
        // An image of its thoughts is a draft of the one to come.
        if (part.image() != null && !part.thought()) {
            emit(Delta.image(part.image()), chunks);
        }
        if (part.text() == null) {
            return;
        }
        if (!part.text().isEmpty()) {
            emit(part.thought() ? Delta.reasoning(part.text()) : Delta.content(part.text()), chunks);
        }
        if (!part.signature().isEmpty()) {
            String thought = part.thought() ? part.text() : "";
            emit(Delta.finished(ThoughtSignatures.block(thought, part.signature())), chunks);
        }
    }

    private void call(JsonObject call, String signature, Consumer<? super StreamingChunk> chunks) {
        boolean continues = call.getBoolean("willContinue", false);
        String name = string(call, "name");
        if (!name.isEmpty()) {
            close(chunks);
            if (!continues && !call.containsKey("partialArgs")) {
                emit(opening(call, name, arguments(call).toString(), signature), chunks);
                return;
            }
            // The name goes out at once: the client sees that there is a call while its arguments are being made.
            emit(opening(call, name, "", signature), chunks);
            open = new PartialArguments();
        } else if (open == null) {
            failUnlessEmpty(call);
            return;
        }
        gather(call);
        if (!continues) {
            close(chunks);
        }
    }

    private Delta opening(JsonObject call, String name, String arguments, String signature) {
        String id = string(call, "id");
        return Delta.toolCall(new ToolCallDelta(calls++, id.isEmpty() ? ids.next() : id, name, arguments,
                signature.isEmpty() ? Optional.empty() : Optional.of(ThoughtSignatures.extra(signature))));
    }

    /** Closes the open call. Only now are its arguments certain to be one valid JSON text. */
    private void close(Consumer<? super StreamingChunk> chunks) {
        if (open == null) {
            return;
        }
        String arguments = open.json();
        open = null;
        emit(Delta.toolCall(new ToolCallDelta(calls - 1, "", "", arguments, Optional.empty())), chunks);
    }

    private void gather(JsonObject call) {
        try {
            open.addAll(arguments(call));
            if (call.get("partialArgs") instanceof JsonArray pieces) {
                open.add(pieces);
            }
        } catch (IllegalArgumentException e) {
            throw new LlmException(new Failure.Malformed("provider '" + provider + "': " + e.getMessage()), e);
        }
    }

    /** Empty where there are none; of another type they do not get here. */
    private static JsonObject arguments(JsonObject call) {
        return call.get("args") instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
    }

    /** The piece that began the call may have been lost: without it the answer is not what the model said. */
    private void failUnlessEmpty(JsonObject call) {
        if (!call.isEmpty()) {
            throw new LlmException(new Failure.Malformed(
                    "provider '" + provider + "' sent a piece of a function call that it had not begun"));
        }
    }

    private static String string(JsonObject object, String name) {
        return object.get(name) instanceof JsonString text ? text.getString() : "";
    }

    private void emit(Delta delta, Consumer<? super StreamingChunk> chunks) {
        chunks.accept(StreamingChunk.of(new StreamingChoice(index, delta, Optional.empty())));
    }
}
