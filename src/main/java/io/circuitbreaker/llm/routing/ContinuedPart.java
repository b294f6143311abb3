package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Continuation;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes the chunks of one who goes on the next ones of the answer that broke off: without what has been said before,
 * without another role, and without reasoning, which is about how to go on and not about the question. For one thread.
 */
final class ContinuedPart {

    private final Seam seam;
    private final Consumer<? super StreamingChunk> out;
    private Optional<Continuation> unannounced;

    ContinuedPart(Seam seam, Continuation continuation, Consumer<? super StreamingChunk> out) {
        this.seam = seam;
        this.unannounced = Optional.of(continuation);
        this.out = out;
    }

    /** Its usage is not handed on: it is a part of a sum. */
    void add(StreamingChunk chunk) {
        chunk.decoded().stream().filter(choice -> choice.index() == 0).forEach(this::add);
    }

    private void add(StreamingChoice choice) {
        Delta delta = choice.delta();
        String text = seam.add(delta.content());
        boolean textEnds = choice.finish().isPresent() || !delta.toolCalls().isEmpty() || !delta.refusal().isEmpty()
                || delta.image().isPresent();
        emit(new Delta(false, textEnds ? text + seam.rest() : text, "", delta.refusal(), delta.toolCalls(),
                Optional.empty(), delta.image()), choice);
    }

    /** Nothing more comes, for whatever reason. */
    void end() {
        String rest = seam.rest();
        if (!rest.isEmpty()) {
            emit(Delta.content(rest), StreamingChoice.of(Delta.EMPTY));
        }
    }

    private void emit(Delta delta, StreamingChoice choice) {
        if (!delta.speaks() && choice.finish().isEmpty()) {
            return;
        }
        StreamingChunk chunk = StreamingChunk.of(new StreamingChoice(0, delta, choice.finish()));
        out.accept(unannounced.map(chunk::opening).orElse(chunk));
        unannounced = Optional.empty();
    }
}
