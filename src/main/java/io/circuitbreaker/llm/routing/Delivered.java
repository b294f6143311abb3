package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.ResponseFormat;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.Optional;

/** What a client has got of an answer, as far as it matters for going on with it. For one thread. */
final class Delivered {

    /** Some five times what models can write. */
    static final int MOST_CHARACTERS = 2_000_000;

    private final StringBuilder text = new StringBuilder();
    private boolean moreThanText;
    private boolean finished;

    /** Words for why an answer to this request cannot be gone on with, whatever was delivered. */
    static Optional<String> hindranceIn(LlmRequest request) {
        if (request.sampling().choices() > 1) {
            return Optional.of("more than one choice was asked for");
        }
        if (request.responseFormat().filter(format -> !(format instanceof ResponseFormat.PlainText)).isPresent()) {
            return Optional.of("structured output was asked for");
        }
        if (request.sampling().logprobs() || request.source().containsKey("audio")) {
            return Optional.of("more than text was asked for");
        }
        return Optional.empty();
    }

    void add(StreamingChunk chunk) {
        if (moreThanText || !chunk.speaks() && chunk.wire().isEmpty() && chunk.choices().isEmpty()) {
            return;
        }
        try {
            chunk.decoded().forEach(this::add);
        } catch (LlmException undecodable) {
            // The client has got something of which nothing is known.
            moreThanText = true;
        }
    }

    private void add(StreamingChoice choice) {
        Delta delta = choice.delta();
        moreThanText |= choice.index() != 0 || !delta.refusal().isEmpty() || !delta.toolCalls().isEmpty()
                || delta.image().isPresent();
        finished |= choice.finish().isPresent();
        text.append(delta.content());
        moreThanText |= text.length() > MOST_CHARACTERS;
    }

    /** Words for why what was delivered cannot be gone on with. */
    Optional<String> hindrance() {
        if (finished) {
            return Optional.of("it had its finish");
        }
        if (moreThanText) {
            return Optional.of("it had more than text");
        }
        return text.toString().isBlank() ? Optional.of("nothing of it was delivered") : Optional.empty();
    }

    String text() {
        return text.toString();
    }
}
