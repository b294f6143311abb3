package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.ToolDefinition;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.testing.MapConfig;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoProviderTest {

    private static DemoProvider demo(String... settings) {
        DemoProvider demo = new DemoProvider(MapConfig.of(settings));
        demo.configure();
        return demo;
    }

    private static DemoProvider fast() {
        return demo(DemoProvider.SPEED_KEY, "1000000");
    }

    private static List<StreamingChunk> read(String model, LlmRequest request) {
        List<StreamingChunk> chunks = new ArrayList<>();
        try (ChunkStream stream = fast().open(new ProviderCall(request, model, new Cancellation()))) {
            while (stream.advance()) {
                chunks.add(stream.chunk());
            }
        }
        return chunks;
    }

    private static String joined(List<StreamingChunk> chunks, Function<Delta, String> part) {
        return chunks.stream().flatMap(chunk -> chunk.choices().stream()).map(choice -> part.apply(choice.delta()))
                .collect(Collectors.joining());
    }

    private static FinishReason finish(List<StreamingChunk> chunks) {
        return chunks.stream().flatMap(chunk -> chunk.choices().stream()).flatMap(choice -> choice.finish().stream())
                .reduce((first, second) -> {
                    throw new AssertionError("two finishes");
                }).orElseThrow();
    }

    private static LlmRequest offering(String name, String schema) {
        return Requests.offering(new Tooling(List.of(new ToolDefinition(name, Optional.empty(),
                Optional.of(JsonText.parseObject(schema)), false)), Optional.empty(), Optional.empty()));
    }

    @Test
    void demoAnswersInWords() {
        List<StreamingChunk> chunks = read("demo", Requests.saying("Hello"));
        assertThat(joined(chunks, Delta::content)).startsWith("This is the demo provider").contains("has 5 characters");
        assertThat(finish(chunks)).isEqualTo(FinishReason.STOP);
        assertThat(chunks.getLast().usage()).isPresent();
    }

    @Test
    void reasoningComesBeforeTheAnswer() {
        List<StreamingChunk> chunks = read("demo-reasoning", Requests.saying("Hello"));
        assertThat(joined(chunks, Delta::reasoning)).contains("reasoning being streamed");
        assertThat(joined(chunks, Delta::content)).startsWith("This is");
        assertThat(chunks.getLast().usage().orElseThrow().reasoning()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "demo-reasoning"})
    void maxTokensCutTheAnswer(String model) {
        List<StreamingChunk> chunks = read(model, Requests.limitedTo(3));
        assertThat(chunks.stream().filter(StreamingChunk::speaks)).hasSize(3);
        assertThat(finish(chunks)).isEqualTo(FinishReason.LENGTH);
        assertThat(chunks.getLast().usage().orElseThrow().completion()).isEqualTo(3);
    }

    @Test
    void anOfferedToolIsCalledWithWhatItsSchemaTakes() {
        List<StreamingChunk> chunks = read("demo", offering("f", """
                {"type":"object","properties":{"a":{"type":"string"},"b":{"enum":["x,y","z"]},"c":{"type":"integer"},
                "d":{"type":"boolean"},"e":{"type":"array"},"f":{"type":"object"},"g":{"type":["string","null"]}}}"""));
        String arguments = joined(chunks, delta -> delta.toolCalls().stream().map(call -> call.arguments())
                .collect(Collectors.joining()));
        JsonObject expected = JsonText.parseObject(
                "{\"a\":\"demo\",\"b\":\"x,y\",\"c\":1,\"d\":true,\"e\":[],\"f\":{},\"g\":\"demo\"}");
        assertThat(JsonText.parseObject(arguments)).isEqualTo(expected);
        assertThat(joined(chunks, delta -> delta.toolCalls().stream().map(call -> call.name())
                .collect(Collectors.joining()))).isEqualTo("f");
        assertThat(finish(chunks)).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void demoToolCallsOneOfItsOwnIfNoneIsOffered() {
        assertThat(finish(read("demo-tool", Requests.saying("Hello")))).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void modelsThatFailDoSoAsTheyAreNamed() {
        assertThat(catchThrowableOfType(LlmException.class, () -> read("demo-error", Requests.saying("Hello")))
                .failure())
                .isInstanceOf(Failure.ProviderFailed.class);
        assertThat(catchThrowableOfType(LlmException.class, () -> read("demo-overloaded", Requests.saying("Hello")))
                .failure()
                .retryAfter()).contains(Duration.ofSeconds(2));
        assertThat(catchThrowableOfType(LlmException.class, () -> read("demo-cut", Requests.saying("Hello"))).failure())
                .isInstanceOf(Failure.ClosedEarly.class);
    }

    @Test
    void allItsModelsAreListed() {
        assertThat(fast().models()).containsExactly("demo", "demo-reasoning", "demo-tool", "demo-error",
                "demo-overloaded",
                "demo-cut");
    }

    @Test
    void tokensComeAtTheirPace() {
        DemoProvider demo = demo(DemoProvider.SPEED_KEY, "200");
        long start = System.nanoTime();
        try (ChunkStream stream = demo.open(new ProviderCall(Requests.limitedTo(20), "demo", new Cancellation()))) {
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
            while (stream.advance()) {
                assertThat(stream.chunk()).isNotNull();
            }
        }
        // Never early; how late depends on the machine.
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void aCancelEndsTheWaitForTheNextToken() throws InterruptedException {
        Cancellation cancellation = new Cancellation();
        CountDownLatch waiting = new CountDownLatch(1);
        Failure gone = new Failure.ClientGone("gone");
        OnVirtualThread<LlmException> opening = OnVirtualThread.start(() -> {
            waiting.countDown();
            // One token a second: the stream would take half a minute.
            return catchThrowableOfType(LlmException.class, () -> {
                try (ChunkStream stream = demo(DemoProvider.SPEED_KEY, "1").open(
                        new ProviderCall(Requests.saying("Hello"), "demo", cancellation))) {
                    while (stream.advance()) {
                        assertThat(stream.chunk()).isNotNull();
                    }
                }
            });
        });
        waiting.await();
        cancellation.cancel(gone);
        assertThat(opening.join().failure()).isEqualTo(gone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1000001", "fast"})
    void badSpeedsAreNamedWithTheirRule(String speed) {
        assertThatIllegalArgumentException().isThrownBy(() -> demo(DemoProvider.SPEED_KEY, speed))
                .withMessage("llm.provider.demo.tokens-per-second must be a whole number from 1 to 1000000, was '"
                + speed + "'");
    }
}
