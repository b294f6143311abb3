package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.StubProvider;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredStreamTest {

    private static final TokenUsage EARLY = TokenUsage.of(7, 1, 0, 0);
    private static final TokenUsage LAST = TokenUsage.of(7, 2, 0, 0);

    private static TestRouter answering(StreamingChunk... chunks) {
        return TestRouter.over(StubProvider.answers("a").says(chunks));
    }

    private static StreamingChunk text(String text) {
        return StreamingChunk.of(Delta.content(text));
    }

    @Test
    void theProvidersLastWordCounts() {
        TestRouter router = answering(StreamingChunk.usage(EARLY), text("x"), text("y"), StreamingChunk.usage(LAST));
        try (var stream = router.open("r").stream()) {
            while (stream.advance()) {
                assertThat(router.spent).as("told before the end").isEmpty();
            }
        }
        assertThat(router.spent).containsExactly(new Spent("a", "m", LAST, false));
    }

    @Test
    @DisplayName("T02: who leaves early is charged the prompt and what was delivered, marked as an estimate")
    void whatWasReceivedIsCountedWhereNobodyTold() {
        TestRouter router = answering(StreamingChunk.of(Delta.START), text("x"), text("y"), text("z"));
        try (var stream = router.open("r").stream()) {
            stream.advance();
            stream.advance();
            stream.advance();
        }
        assertThat(router.spent).containsExactly(new Spent("a", "m", TokenUsage.of(1, 2, 0, 0), true));
    }

    @Test
    @DisplayName("T02: the last usage that is known wins, also when the end never came")
    void usageSoFarIsBetterThanAnEstimate() {
        TestRouter router = answering(StreamingChunk.usage(EARLY), text("x"), text("y"));
        try (var stream = router.open("r").stream()) {
            stream.advance();
        }
        assertThat(router.spent).containsExactly(new Spent("a", "m", EARLY, false));
    }

    @Test
    @DisplayName("T02: what an answer cost goes with its usage to the client, and is told, also where it is an estimate")
    void theCostGoesWithTheUsage(@TempDir Path folder) {
        TestRouter router = TestRouter.configured(new CatalogFile().with("a/m", CatalogFile.prices("2", "10")).in(folder),
                StubProvider.answers("a").says(text("x"), StreamingChunk.usage(LAST)));
        BigDecimal cost = new BigDecimal("0.000034");
        try (var stream = router.open("a/m").stream()) {
            stream.advance();
            stream.advance();
            assertThat(stream.chunk().usage()).contains(LAST.withCost(cost));
        }
        try (var stream = router.open("a/m").stream()) {
            stream.advance();
        }
        assertThat(router.spent).extracting(Spent::estimated).containsExactly(false, true);
        assertThat(router.spent).extracting(Spent::cost)
                .containsExactly(Optional.of(cost), Optional.of(new BigDecimal("0.000012")));
    }

    @Test
    void theProvidersOwnWordForTheCostCountsMore(@TempDir Path folder) {
        TestRouter router = TestRouter.configured(new CatalogFile().with("a/m", CatalogFile.prices("2", "10")).in(folder),
                StubProvider.answers("a").says(StreamingChunk.usage(LAST.withCost(BigDecimal.ONE))));
        try (var stream = router.open("a/m").stream()) {
            stream.advance();
        }
        assertThat(router.spent.getFirst().cost()).contains(BigDecimal.ONE);
    }

    @Test
    @DisplayName("T03: closed twice is charged once")
    void closingTwiceTellsOnce() {
        TestRouter router = answering(text("x"));
        var stream = router.open("r").stream();
        stream.close();
        stream.close();
        assertThat(router.spent).hasSize(1);
    }
}
