package io.circuitbreaker.llm.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.sse.SseTranscript.Cut;
import io.circuitbreaker.llm.testing.RecordedStream;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What real providers have sent, cut as a network might. */
class SseRecordedSplitTest {

    static Stream<RecordedStream> recordings() {
        return RecordedStream.in("openai-chat", "anthropic", "gemini", "azure", "groq", "mistral", "openrouter",
                "deepseek", "ollama", "perplexity", "snowflake", "together", "vllm", "zai", "crusoe", "huggingface",
                "anthropic-openai-compat");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T33, T34: a recorded stream gives the same events however it is cut")
    void everyCutGivesTheSameEvents(RecordedStream recorded) {
        SseTranscript whole = SseTranscript.of(recorded.bytes(), Cut.none());

        assertThat(whole.events()).isNotEmpty().isEqualTo(SseReference.events(recorded.bytes()));
        assertThat(SseTranscript.of(recorded.bytes(), Cut.every(1))).as("byte by byte").isEqualTo(whole);
        for (int largest : new int[] {3, 40, 1500, 16 * 1024}) {
            for (long seed = 0; seed < 5; seed++) {
                assertThat(SseTranscript.of(recorded.bytes(), Cut.random(new Random(seed), largest)))
                        .as("pieces of up to %d bytes, seed %d", largest, seed).isEqualTo(whole);
            }
        }
    }
}
