package io.circuitbreaker.llm.dialect.google;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real answers against what an independent parser found in them. */
class GoogleRecordedStreamsTest {

    static Stream<RecordedStream> recordings() {
        return RecordedStream.in("gemini");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void textAndReasoningAreWhatTheProviderSent(RecordedStream recorded) {
        DecodedAnswer answer = decoded(recorded);
        assertThat(answer.text()).isEqualTo(recorded.expect().getString("text"));
        assertThat(answer.reasoning()).isEqualTo(recorded.expect().getString("reasoning"));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T36: parallel calls keep their names and arguments, and each has an id of its own")
    void toolCallsAreWhatTheProviderSent(RecordedStream recorded) {
        List<JsonObject> expected = recorded.expect().getJsonArray("tool_calls").getValuesAs(JsonObject.class);
        List<DecodedAnswer.Call> calls = decoded(recorded).toolCalls();
        assertThat(calls).extracting(DecodedAnswer.Call::name)
                .isEqualTo(expected.stream().map(call -> call.getString("name")).toList());
        assertThat(calls).extracting(call -> JsonText.parse(call.arguments()))
                .isEqualTo(expected.stream().map(call -> JsonText.parse(call.getString("arguments"))).toList());
        assertThat(calls).extracting(DecodedAnswer.Call::id).doesNotHaveDuplicates().doesNotContain("");
        for (int i = 0; i < calls.size(); i++) {
            if (expected.get(i).get("id") instanceof JsonString id) {
                assertThat(calls.get(i).id()).isEqualTo(id.getString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T30: the finish is the provider's, in OpenAI's words, and an error has none")
    void finishIsWhatTheProviderSaid(RecordedStream recorded) {
        DecodedAnswer answer = decoded(recorded);
        boolean errorExpected = recorded.expect().containsKey("error") && !recorded.expect().isNull("error");
        assertThat(answer.failure().isPresent()).isEqualTo(errorExpected);
        if (!errorExpected) {
            assertThat(answer.finish().map(FinishReason::word).orElse(null))
                    .isEqualTo(recorded.expect().getString("finish_reason", null));
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T40: usage comes once, after the finish, with the last numbers of the stream")
    void usageIsTheLastOfTheStream(RecordedStream recorded) {
        DecodedAnswer answer = decoded(recorded);
        JsonObject expected = recorded.expect().getJsonObject("usage");
        assertThat(answer.usage().map(TokenUsage::prompt)).isEqualTo(number(expected, "prompt_tokens"));
        assertThat(answer.usage().map(TokenUsage::completion)).isEqualTo(number(expected, "completion_tokens"));
        assertThat(answer.chunks().stream().filter(chunk -> chunk.usage().isPresent()))
                .hasSize(answer.usage().isPresent() ? 1 : 0);
        answer.usage().ifPresent(usage -> assertThat(answer.chunks().getLast().usage()).contains(usage));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T39: every signature on text, thought or call reaches the client")
    void signaturesReachTheClient(RecordedStream recorded) {
        DecodedAnswer answer = decoded(recorded);
        String signed = answer.reasoningBlocks().stream().map(block -> ThoughtSignatures.ofBlock(block).orElseThrow())
                .collect(Collectors.joining("\n"));
        signed += answer.openings().stream().flatMap(call -> ThoughtSignatures.ofExtra(call.extra()).stream())
                .collect(Collectors.joining("\n"));
        for (String signature : signatures(recorded)) {
            assertThat(signed).contains(signature);
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T38: the first delta of an answer starts it")
    void theFirstDeltaStartsTheMessage(RecordedStream recorded) {
        List<Delta> deltas = decoded(recorded).chunks().stream().flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.index() == 0).map(StreamingChoice::delta).toList();
        assertThat(deltas.getFirst().startsMessage()).isTrue();
        assertThat(deltas.stream().skip(1)).noneMatch(Delta::startsMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-array-no-alt-sse", "json-array-tools"})
    void anArrayOfChunksIsReadLikeAStreamOfThem(String name) {
        JsonObject expected = JsonText.parseObject(RecordedStream.text("gemini/" + name + ".expect.json"));
        ChunkReader reader = GoogleFixtures.reader();
        List<StreamingChunk> chunks = new ArrayList<>();
        reader.readWhole(RecordedStream.text("gemini/" + name + ".json"), chunks::add);
        assertThat(reader.finished()).isTrue();
        reader.end(chunks::add);
        String text = chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .map(choice -> choice.delta().content()).collect(Collectors.joining());
        assertThat(text).isEqualTo(expected.getString("text"));
        assertThat(chunks).flatExtracting(StreamingChunk::choices)
                .extracting(choice -> choice.finish().map(FinishReason::word).orElse(""))
                .containsOnlyOnce(expected.getString("finish_reason"));
        assertThat(chunks.getLast().usage().map(TokenUsage::completion))
                .isEqualTo(number(expected.getJsonObject("usage"), "completion_tokens"));
    }

    private static DecodedAnswer decoded(RecordedStream recorded) {
        return DecodedAnswer.of(recorded.bytes(), GoogleFixtures.reader());
    }

    private static Optional<Long> number(JsonObject usage, String name) {
        return usage != null && usage.get(name) instanceof JsonNumber number ? Optional.of(number.longValue())
                : Optional.empty();
    }

    /** Of parts that have text or a call; a signature on code that Google ran has nothing to travel with. */
    private static List<String> signatures(RecordedStream recorded) {
        List<String> signatures = new ArrayList<>();
        new String(recorded.bytes(), UTF_8).lines().filter(line -> line.startsWith("data: "))
                .map(line -> JsonText.parseObject(line.substring(6))).forEach(chunk -> collect(chunk, signatures));
        return signatures;
    }

    private static void collect(JsonValue value, List<String> signatures) {
        if (value instanceof JsonObject object) {
            boolean carried = object.containsKey("text") || object.containsKey("functionCall");
            if (carried && object.get("thoughtSignature") instanceof JsonString signature) {
                signatures.add(signature.getString());
            }
            object.values().forEach(member -> collect(member, signatures));
        } else if (value instanceof JsonArray array) {
            array.forEach(element -> collect(element, signatures));
        }
    }
}
