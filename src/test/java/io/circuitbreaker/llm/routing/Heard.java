package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What came of an answer by several: each choice's words, with who says them, and its end; and how the whole ended. */
record Heard(List<StreamingChunk> chunks, Optional<Failure> failure) {

    static final StreamingChunk STOP = StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP));
    static final Failure CLOSED = new Failure.ClosedEarly("cut");

    static Heard of(ChunkStream stream) {
        List<StreamingChunk> chunks = new ArrayList<>();
        try (stream) {
            while (stream.advance()) {
                chunks.add(stream.chunk());
            }
            return new Heard(chunks, Optional.empty());
        } catch (LlmException e) {
            return new Heard(chunks, Optional.of(e.failure()));
        }
    }

    String choice(int index) {
        return chunks.stream().filter(chunk -> chunk.voice().isPresent() && chunk.voice().get().choice() == index)
                .map(Heard::words).collect(Collectors.joining(" "));
    }

    private static String words(StreamingChunk chunk) {
        StreamingChoice choice = chunk.choices().getFirst();
        assertThat(choice.index()).isEqualTo(chunk.voice().orElseThrow().choice());
        String words = choice.finish().map(FinishReason::word).orElse(choice.delta().content());
        String failure = choice.failure().map(why -> "(" + why.message() + ")").orElse("");
        return chunk.voice().get().head().provider() + ":" + words + failure;
    }

    List<TokenUsage> usages() {
        return chunks.stream().flatMap(chunk -> chunk.usage().stream()).toList();
    }

    static StreamingChunk text(String text) {
        return StreamingChunk.of(Delta.content(text));
    }

    static StubProvider saying(String name, String... words) {
        return StubProvider.answers(name).says(said(words));
    }

    static StreamingChunk[] said(String... words) {
        List<StreamingChunk> chunks = new ArrayList<>();
        for (String word : words) {
            chunks.add(text(word));
        }
        chunks.add(STOP);
        return chunks.toArray(StreamingChunk[]::new);
    }

    static StubProvider breaking(String name, String... words) {
        List<StreamingChunk> chunks = new ArrayList<>(List.of(said(words)));
        chunks.removeLast();
        return StubProvider.answers(name).says(chunks.toArray(StreamingChunk[]::new)).thenBreaksWith(CLOSED);
    }
}
