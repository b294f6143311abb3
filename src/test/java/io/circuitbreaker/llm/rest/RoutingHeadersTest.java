package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.routing.NoAnswerException;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoutingHeadersTest {

    private static final Map<String, String> BEFORE = Map.of("X-Request-Id", "1");
    private static final Failure DOWN = new Failure.Unreachable("m");

    @Test
    void anAnswerTellsWhoGivesIt() {
        ChunkStream stream = StubProvider.answers("b").open(new ProviderCall(null, "m", new Cancellation()));
        assertThat(RoutingHeaders.of(BEFORE, new RoutedStream(stream, "b", "m", 2, Optional.of("a/m: overloaded"))))
                .containsOnly(Map.entry("X-Request-Id", "1"), Map.entry("X-LLM-Provider", "b"),
                        Map.entry("X-LLM-Model", "m"), Map.entry("X-LLM-Attempts", "2"),
                        Map.entry("X-LLM-Fallback-Reason", "a/m: overloaded"));
    }

    @Test
    void anErrorTellsWhatWasTried() {
        assertThat(RoutingHeaders.of(BEFORE, new NoAnswerException(DOWN, "a", 2, "a/é: unreachable; b/m: failed", null)))
                .containsOnly(Map.entry("X-Request-Id", "1"), Map.entry("X-LLM-Attempts", "2"),
                        Map.entry("X-LLM-Fallback-Reason", "a/?: unreachable; b/m: failed"));
    }

    @Test
    void whereNothingElseWasTriedThereIsNoReason() {
        assertThat(RoutingHeaders.of(BEFORE, new NoAnswerException(DOWN, "a", 1, "", null)))
                .containsOnlyKeys("X-Request-Id", "X-LLM-Attempts");
    }

    @Test
    void anotherFailureTellsNothingOfIt() {
        assertThat(RoutingHeaders.of(BEFORE, new LlmException(DOWN))).isEqualTo(BEFORE);
    }
}
