package io.circuitbreaker.llm.dialect.google;

import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.answer;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.finish;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.json;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.parts;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.read;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import io.circuitbreaker.llm.testing.DecodedAnswer.Call;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleToolCallsTest {

    @Test
    @DisplayName("T36: indexes are dense from 0 across chunks, ids unique and stable, given ones kept")
    void parallelCallsAreNumberedAcrossChunks() {
        DecodedAnswer answer = answer(parts(call("\"name\":\"a\",\"args\":{\"x\":1}"), call("\"name\":\"b\"")),
                parts(call("\"id\":\"given\",\"name\":\"a\",\"args\":{}")), finish("STOP"));
        assertThat(answer.toolCalls()).containsExactly(new Call("call_google_test_0", "a", "{\"x\":1}"),
                new Call("call_google_test_1", "b", "{}"), new Call("given", "a", "{}"));
        assertThat(answer.openings()).extracting(ToolCallDelta::index).containsExactly(0, 1, 2);
        assertThat(answer.finish()).contains(FinishReason.TOOL_CALLS);
    }

    @Test
    @DisplayName("T36: each candidate numbers its calls from 0")
    void candidatesNumberTheirOwnCalls() {
        ChunkReader reader = reader();
        read(reader, parts(call("\"name\":\"a\"")));
        List<StreamingChunk> second = read(reader, "{\"candidates\":[{\"index\":1,\"content\":{\"parts\":["
                + call("\"name\":\"b\"") + "]}}]}");
        StreamingChoice choice = second.getLast().choices().getFirst();
        assertThat(choice.index()).isEqualTo(1);
        assertThat(choice.delta().toolCalls()).extracting(ToolCallDelta::index).containsExactly(0);
    }

    @Test
    @DisplayName("T36: two answers never make the same id")
    void madeIdsDifferBetweenAnswers() {
        CallIds ids = new CallIds();
        assertThat(ids.next()).isNotEqualTo(new CallIds().next()).isNotEqualTo(ids.next())
                .matches("[a-zA-Z0-9_-]{1,40}");
    }

    @Test
    @DisplayName("T30: a cut off answer with a call is not a finished call")
    void onlyStopBecomesToolCalls() {
        assertThat(answer(parts(call("\"name\":\"a\"")), finish("MAX_TOKENS")).finish()).contains(FinishReason.LENGTH);
    }

    @Test
    @DisplayName("T39: the signature travels with its call, in Google's own OpenAI form")
    void theSignatureTravelsWithTheCall() {
        DecodedAnswer answer = answer(parts("{\"thoughtSignature\":\"sig\",\"functionCall\":{\"name\":\"a\"}}",
                call("\"name\":\"b\"")), finish("STOP"));
        assertThat(answer.openings()).extracting(ToolCallDelta::extra).containsExactly(
                Optional.of(json("{\"google\":{\"thought_signature\":\"sig\"}}")), Optional.empty());
    }

    @Test
    @DisplayName("T37: a call is told when it opens; its arguments when they are whole")
    void aStreamedCallIsToldAtOnce() {
        ChunkReader reader = reader();
        List<StreamingChunk> opened = read(reader, parts(call("\"name\":\"a\",\"willContinue\":true")));
        assertThat(opened.getLast().choices().getFirst().delta().toolCalls())
                .containsExactly(new ToolCallDelta(0, "call_google_test_0", "a", "", Optional.empty()));
        assertThat(read(reader, parts(piece("$.x", "\"stringValue\":\"1\"")))).isEmpty();
        List<StreamingChunk> closed = read(reader, parts(call("")));
        assertThat(closed.getLast().choices().getFirst().delta().toolCalls())
                .containsExactly(new ToolCallDelta(0, "", "", "{\"x\":\"1\"}", Optional.empty()));
    }

    static Stream<Arguments> streamedArguments() {
        return Stream.of(
                Arguments.of("{}", List.of()),
                Arguments.of("{\"a\":\"one two\"}", List.of(
                        piece("$.a", "\"stringValue\":\"one \",\"willContinue\":true"),
                        piece("$.a", "\"stringValue\":\"two\""), piece("$.a", "\"stringValue\":\"\""))),
                Arguments.of("{\"a\":{\"b\":[{\"c\":1},{\"c\":2.50}]},\"d\":[true,null]}", List.of(
                        piece("$.a.b[0].c", "\"numberValue\":1"), piece("$.a.b[1].c", "\"numberValue\":2.50"),
                        piece("$.d[0]", "\"boolValue\":true"), piece("$.d[1]", "\"nullValue\":\"NULL_VALUE\""))),
                Arguments.of("{\"m\":[[1,2],[3]]}", List.of(piece("$.m[0][0]", "\"numberValue\":1"),
                        piece("$.m[0][1]", "\"numberValue\":2"), piece("$.m[1][0]", "\"numberValue\":3"))),
                Arguments.of("{\"l\":[{\"x\":1},{\"x\":2}]}", List.of(piece("$.l[1].x", "\"numberValue\":2"),
                        piece("$.l[0].x", "\"numberValue\":1"))),
                Arguments.of("{\"a.b\":1,\"c]d\":\"\\\"\\n\"}", List.of(piece("$['a.b']", "\"numberValue\":1"),
                        piece("$[\\\"c]d\\\"]", "\"stringValue\":\"\\\"\\n\""))),
                Arguments.of("{\"whole\":{\"x\":1},\"p\":\"q\"}", List.of(
                        call("\"args\":{\"whole\":{\"x\":1}},\"willContinue\":true"),
                        piece("$.p", "\"stringValue\":\"q\""))));
    }

    @ParameterizedTest
    @MethodSource
    void streamedArguments(String expected, List<String> pieces) {
        List<String> chunks = Stream.of(Stream.of(parts(call("\"name\":\"f\",\"willContinue\":true"))),
                pieces.stream().map(GoogleFixtures::parts), Stream.of(parts(call("")), finish("STOP")))
                .flatMap(part -> part).toList();
        DecodedAnswer answer = answer(chunks.toArray(String[]::new));
        assertThat(answer.failure()).isEmpty();
        assertThat(json(answer.toolCalls().getFirst().arguments())).isEqualTo(json(expected));
        assertThat(answer.finish()).contains(FinishReason.TOOL_CALLS);
    }

    @Test
    void aCallIsClosedByTheNextOneAndByTheEnd() {
        String first = call("\"name\":\"a\",\"willContinue\":true");
        String second = call("\"name\":\"b\",\"willContinue\":true,"
                + "\"partialArgs\":[{\"jsonPath\":\"$.x\",\"numberValue\":1}]");
        DecodedAnswer answer = answer(parts(first), parts(second), finish("STOP"));
        assertThat(answer.toolCalls()).extracting(Call::arguments).containsExactly("{}", "{\"x\":1}");
    }

    @Test
    void piecesInOneChunkNeedNoContinuation() {
        String whole = call("\"name\":\"b\",\"partialArgs\":[{\"jsonPath\":\"$.x\",\"numberValue\":1}]");
        assertThat(answer(parts(whole), finish("STOP")).toolCalls())
                .containsExactly(new Call("call_google_test_0", "b", "{\"x\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"numberValue\":1}", "{\"jsonPath\":\"$\",\"numberValue\":1}",
        "{\"jsonPath\":\"$.a[\",\"numberValue\":1}", "{\"jsonPath\":\"$.a[99999999]\",\"numberValue\":1}",
        "{\"jsonPath\":\"$.a[-1]\",\"numberValue\":1}", "{\"jsonPath\":\"$.s.x\",\"numberValue\":1}", "1"})
    void piecesThatDoNotFitEndTheStream(String piece) {
        DecodedAnswer answer = answer(parts(call("\"name\":\"f\",\"willContinue\":true")),
                parts(piece("$.s", "\"stringValue\":\"secret\"")),
                parts(call("\"partialArgs\":[" + piece + "],\"willContinue\":true")), finish("STOP"));
        assertThat(answer.failure()).get().isInstanceOf(Failure.Malformed.class)
                .extracting(Failure::message).asString().doesNotContain("secret");
        assertThat(answer.toolCalls()).extracting(Call::arguments).containsExactly("");
    }

    @Test
    void aMalformedChunkInTheMiddleOfArgumentsEndsTheStream() {
        ChunkReader reader = reader();
        read(reader, parts(call("\"name\":\"f\",\"willContinue\":true")));
        assertThatThrownBy(() -> read(reader, "{\"candidates\":[")).isInstanceOfSatisfying(LlmException.class,
                e -> assertThat(e.failure()).isInstanceOf(Failure.Malformed.class));
        assertThat(reader.done()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"functionCall\":\"secret\"}", "{\"functionCall\":{\"name\":\"a\",\"args\":\"secret\"}}",
        "{\"functionCall\":{secret}}"})
    void whatIsNoCallIsMalformed(String part) {
        assertThatThrownBy(() -> read(reader(), parts(part))).isInstanceOf(MalformedChunkException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("T40: the tokens of an answer that fails within a call are told, too")
    void usageIsToldBeforeACallFails() {
        String usage = "{\"usageMetadata\":{\"promptTokenCount\":3,\"totalTokenCount\":3}}";
        for (String unusable : List.of("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":5}]}}]}",
                parts(call("\"partialArgs\":[1],\"willContinue\":true")))) {
            DecodedAnswer answer = answer(parts(call("\"name\":\"f\",\"willContinue\":true")), usage, unusable);
            assertThat(answer.failure()).get().isInstanceOf(Failure.Malformed.class);
            assertThat(answer.usage()).contains(TokenUsage.of(3, 0, 0, 0));
            assertThat(answer.chunks().stream().filter(chunk -> chunk.usage().isPresent())).hasSize(1);
        }
    }

    @Test
    @DisplayName("A piece of a call whose beginning was lost, perhaps in a chunk that was skipped, ends the stream")
    void aCallWithoutItsBeginningEndsTheStream() {
        DecodedAnswer answer = answer(parts("{\"text\":\"Let me see\"}"), parts(call("\"args\":{\"k\":\"secret\"}")),
                finish("STOP"));
        assertThat(answer.text()).isEqualTo("Let me see");
        assertThat(answer.failure()).get().isInstanceOf(Failure.Malformed.class)
                .extracting(Failure::message).asString().contains("google").doesNotContain("secret");
    }

    private static String call(String members) {
        return "{\"functionCall\":{" + members + "}}";
    }

    /** @param path as it stands inside a JSON string */
    private static String piece(String path, String value) {
        return call("\"partialArgs\":[{\"jsonPath\":\"" + path + "\"," + value + "}],\"willContinue\":true");
    }
}
