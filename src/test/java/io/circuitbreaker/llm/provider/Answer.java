package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How one attempt went.
 *
 * @param opened      whether there was a stream
 * @param interrupted whether the reader's interrupt flag was up once it had heard of the end: what it writes to its
 *                    client from there on would fail
 */
record Answer(boolean opened, List<StreamingChunk> chunks, Optional<LlmException> thrown, boolean interrupted) {

    String text() {
        return chunks.stream().map(Language::text).collect(Collectors.joining());
    }

    Optional<TokenUsage> usage() {
        return chunks.stream().flatMap(chunk -> chunk.usage().stream()).reduce((_, last) -> last);
    }

    boolean complete() {
        return opened && thrown.isEmpty();
    }

    Failure failure() {
        return thrown.orElseThrow(() -> new AssertionError("the answer was complete: " + text())).failure();
    }

    /** By which the annotations on the provider bean decide. */
    Class<?> exception() {
        return thrown.orElseThrow(() -> new AssertionError("the answer was complete: " + text())).getClass();
    }
}
