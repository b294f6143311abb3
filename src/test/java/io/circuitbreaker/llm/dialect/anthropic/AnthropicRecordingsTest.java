package io.circuitbreaker.llm.dialect.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ErrorResponse;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnthropicRecordingsTest {

    private record ExpectedCall(String id, String name, Object arguments) {
    }

    private final AnthropicDialect dialect = new AnthropicDialect();

    static Stream<RecordedStream> streams() {
        return RecordedStream.in("anthropic");
    }

    static Stream<String> errors() {
        return RecordedStream.errorBodies().filter(name -> name.startsWith("errors/anthropic-"));
    }

    @DisplayName("T30 T36 T40: recorded streams give what an independent parser found in them")
    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void recordedStreamsAreReadWhole(RecordedStream recorded) {
        DecodedAnswer answer = decode(recorded);
        JsonObject expect = recorded.expect();

        assertThat(answer.text()).isEqualTo(expect.getString("text"));
        assertThat(answer.reasoning()).isEqualTo(expect.getString("reasoning"));
        assertThat(calls(answer)).isEqualTo(calls(expect));
        assertThat(answer.finish().map(FinishReason::word)).isEqualTo(textOf(expect, "finish_reason"));
        assertThat(answer.failure().isPresent()).isEqualTo(expect.containsKey("error"));
    }

    @DisplayName("T40: the usage of recorded streams, cached tokens included")
    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void recordedUsageIsCounted(RecordedStream recorded) {
        DecodedAnswer answer = decode(recorded);
        JsonObject usage = recorded.expect().getJsonObject("usage");

        if (usage.isNull("prompt_tokens")) {
            assertThat(answer.usage()).isEmpty();
            return;
        }
        TokenUsage counted = answer.usage().orElseThrow();
        assertThat(counted.prompt()).isEqualTo(usage.getInt("prompt_tokens"));
        assertThat(counted.completion()).isEqualTo(usage.getInt("completion_tokens"));
    }

    @DisplayName("T41: every chunk of a recorded stream is of choice 0, and the head names the real answer")
    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void recordedStreamsHaveOneChoice(RecordedStream recorded) {
        AnthropicChunkReader reader = new AnthropicChunkReader(fallback());
        DecodedAnswer answer = DecodedAnswer.of(recorded.bytes(), reader);

        assertThat(answer.chunks()).flatExtracting(StreamingChunk::choices).allMatch(choice -> choice.index() == 0);
        assertThat(reader.head().id().startsWith("msg_")).isEqualTo(answer.usage().isPresent());
        assertThat(reader.head().model().startsWith("claude-")).isEqualTo(answer.usage().isPresent());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("errors")
    void recordedErrorBodiesAreOfTheirKind(String name) {
        JsonObject expect = JsonText.parseObject(RecordedStream.text(name.replace(".json", ".expect.json")));
        Failure failure = dialect.failure(new ErrorResponse("anthropic", expect.getInt("status"),
                header -> header.equals("retry-after") ? "7" : "", RecordedStream.text(name), Instant.EPOCH));

        assertThat(failure).isInstanceOf(kind(expect.getString("kind")));
        assertThat(failure.retryAfter().isPresent()).isEqualTo(expect.getBoolean("retryable"));
        if (!(failure instanceof Failure.ProviderAuth)) {
            assertThat(failure.message()).contains(expect.getString("message"));
        }
    }

    private static Class<? extends Failure> kind(String kind) {
        return switch (kind) {
            case "invalid_request" -> Failure.InvalidRequest.class;
            case "authentication" -> Failure.ProviderAuth.class;
            case "not_found" -> Failure.NotFound.class;
            case "rate_limit" -> Failure.RateLimited.class;
            case "overloaded" -> Failure.Overloaded.class;
            default -> throw new AssertionError("no failure for " + kind);
        };
    }

    private DecodedAnswer decode(RecordedStream recorded) {
        return DecodedAnswer.of(recorded.bytes(), dialect.reader(fallback(), 1));
    }

    private static StreamHead fallback() {
        return new StreamHead("fallback", 1, "asked-for", "anthropic");
    }

    private static List<ExpectedCall> calls(DecodedAnswer answer) {
        return answer.toolCalls().stream()
                .map(call -> new ExpectedCall(call.id(), call.name(), arguments(call.arguments()))).toList();
    }

    private static List<ExpectedCall> calls(JsonObject expect) {
        return expect.getJsonArray("tool_calls").stream().map(JsonValue::asJsonObject)
                .map(call -> new ExpectedCall(call.getString("id"), call.getString("name"),
                        arguments(call.getString("arguments")))).toList();
    }

    /** Parsed, or as they are where an answer's limit has cut them. */
    private static Object arguments(String json) {
        try {
            return JsonText.parseObject(json);
        } catch (JsonException cut) {
            return json;
        }
    }

    private static Optional<String> textOf(JsonObject object, String name) {
        return object.isNull(name) ? Optional.empty() : Optional.of(object.getString(name));
    }
}
