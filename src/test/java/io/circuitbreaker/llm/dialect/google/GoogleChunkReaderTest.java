package io.circuitbreaker.llm.dialect.google;

import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.answer;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.end;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.finish;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.parts;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.read;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.reader;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.sse;
import static io.circuitbreaker.llm.dialect.google.GoogleFixtures.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoogleChunkReaderTest {

    private static final String OVERLOADED =
            "{\r\n  \"error\": {\r\n    \"code\": 503,\r\n    \"message\": \"busy\",\r\n"
                    + "    \"status\": \"UNAVAILABLE\"\r\n  }\r\n}\r\n";

    @ParameterizedTest
    @DisplayName("T30: every finish reason has its word")
    @CsvSource({"STOP, stop", "MAX_TOKENS, length", "SAFETY, content_filter", "RECITATION, content_filter",
        "BLOCKLIST, content_filter", "PROHIBITED_CONTENT, content_filter", "SPII, content_filter",
        "IMAGE_SAFETY, content_filter", "IMAGE_PROHIBITED_CONTENT, content_filter",
        "IMAGE_RECITATION, content_filter", "IMAGE_OTHER, content_filter", "OTHER, other", "LANGUAGE, other",
        "NO_IMAGE, no_image", "SOMETHING_NEW, something_new"})
    void finishReasonsAreTranslated(String google, String word) {
        assertThat(answer(text("Hi"), finish(google)).finish()).contains(new FinishReason(word));
    }

    @ParameterizedTest
    @DisplayName("T26: a call that the model could not make is no empty answer but a failure, and so another is asked")
    @ValueSource(strings = {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE",
        "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"})
    void aCallThatCannotBeMadeIsAFailure(String word) {
        for (String[] chunks : new String[][] {{finish(word)}, {text("Let me see"), finish(word)}}) {
            assertThat(answer(chunks).finish()).isEmpty();
            assertThat(answer(chunks).failure()).get().isInstanceOf(Failure.ProviderFailed.class)
                    .extracting(Failure::message).asString().contains("google", word);
        }
    }

    @Test
    void aCandidateThatFailedBesideAGoodOneSaysSo() {
        String good = "{\"candidates\":[{\"finishReason\":\"STOP\",\"index\":1,\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}";
        assertThat(answer(finish("MALFORMED_FUNCTION_CALL"), good).chunks())
                .flatExtracting(StreamingChunk::choices).extracting(choice -> choice.finish())
                .contains(Optional.of(new FinishReason("error")), Optional.of(FinishReason.STOP));
    }

    @Test
    @DisplayName("T25: before all candidates have begun only a proper end of the body is an end")
    void fewerCandidatesThanAskedForAreCompleteOnlyAtAProperEnd() {
        ChunkReader reader = GoogleFixtures.reader(2);
        read(reader, GoogleFixtures.text("Hi"));
        read(reader, GoogleFixtures.finish("STOP"));
        assertThat(reader.finished()).isFalse();
        assertThat(GoogleFixtures.end(reader)).isNotEmpty();
        read(reader, "{\"candidates\":[{\"finishReason\":\"STOP\",\"index\":1}]}");
        assertThat(reader.finished()).isTrue();
    }

    @Test
    @DisplayName("T30: STOP on every chunk does not end the answer, and the finish comes once, after all text")
    void theLastFinishReasonCounts() {
        String first = "{\"candidates\":[{\"finishReason\":\"STOP\",\"content\":{\"parts\":[{\"text\":\"1\"}]}}]}";
        String second = first.replace("1", "2").replace("STOP", "MAX_TOKENS");
        ChunkReader reader = reader();
        assertThat(read(reader, first)).flatExtracting(StreamingChunk::choices)
                .extracting(choice -> choice.finish()).containsOnly(Optional.empty());
        assertThat(reader.done()).isFalse();
        assertThat(reader.finished()).isTrue();
        DecodedAnswer answer = answer(first, second);
        assertThat(answer.text()).isEqualTo("12");
        assertThat(answer.finish()).contains(FinishReason.LENGTH);
        assertThat(answer.chunks().stream().flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.finish().isPresent())).hasSize(1);
    }

    @Test
    void theMembersOfAChunkComeInAnyOrder() {
        DecodedAnswer answer = answer("""
                {"responseId":"r1","usageMetadata":{"totalTokenCount":5,"thoughtsTokenCount":1,"promptTokenCount":2,\
                "candidatesTokenCount":2,"cachedContentTokenCount":1},"candidates":[{"index":0,"finishReason":"STOP",\
                "safetyRatings":[{"a":[1]}],"content":{"role":"model","parts":[{"thought":true,"text":"hm"},\
                {"thought":false,"text":"caf\\u00e9 \\"x\\""}]}}],"modelVersion":"m"}""");
        assertThat(answer.reasoning()).isEqualTo("hm");
        assertThat(answer.text()).isEqualTo("café \"x\"");
        assertThat(answer.usage()).contains(new TokenUsage(2, 3, 5, 1, 1, Optional.empty()));
    }

    @Test
    @DisplayName("T41: one id for the whole stream, the model that really answers, and the choice's own index")
    void theHeadIsTheProviders() {
        ChunkReader reader = reader();
        assertThat(reader.head()).isEqualTo(GoogleFixtures.FALLBACK);
        read(reader, "{\"modelVersion\":\"gemini-x-001\",\"responseId\":\"r1\"}");
        read(reader, "{\"modelVersion\":\"gemini-x-001\",\"responseId\":\"r2\"}");
        assertThat(reader.head()).isEqualTo(new StreamHead("r1", 1_700_000_000, "gemini-x-001", "google"));
    }

    @Test
    @DisplayName("T41: candidates keep their index, and each starts and finishes once")
    void candidatesAreKeptApart() {
        String both = """
                {"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0},
                {"content":{"parts":[{"text":"b"}]},"index":1}]}""";
        ChunkReader reader = reader();
        List<StreamingChunk> chunks = new ArrayList<>(read(reader, both.replace("\n", "")));
        chunks.addAll(read(reader, "{\"candidates\":[{\"finishReason\":\"STOP\",\"index\":1}]}"));
        assertThat(reader.finished()).isFalse();
        chunks.addAll(read(reader, "{\"candidates\":[{\"finishReason\":\"MAX_TOKENS\"}]}"));
        assertThat(reader.finished()).isTrue();
        chunks.addAll(end(reader));
        assertThat(chunks).flatExtracting(StreamingChunk::choices).containsExactly(
                new StreamingChoice(0, Delta.START, Optional.empty()),
                new StreamingChoice(0, Delta.content("a"), Optional.empty()),
                new StreamingChoice(1, Delta.START, Optional.empty()),
                new StreamingChoice(1, Delta.content("b"), Optional.empty()),
                new StreamingChoice(0, Delta.EMPTY, Optional.of(FinishReason.LENGTH)),
                new StreamingChoice(1, Delta.EMPTY, Optional.of(FinishReason.STOP)));
    }

    @Test
    void aRefusedPromptIsAFilteredAnswer() {
        DecodedAnswer answer = answer("{\"promptFeedback\":{\"safetyRatings\":[],\"blockReason\":\"SAFETY\"}}");
        assertThat(answer.finish()).contains(FinishReason.CONTENT_FILTER);
        assertThat(answer.chunks().getFirst().choices()).containsExactly(StreamingChoice.of(Delta.START));
        assertThat(answer.failure()).isEmpty();
    }

    @Test
    void feedbackWithoutAReasonBlocksNothing() {
        assertThat(answer("{\"promptFeedback\":{\"safetyRatings\":[]}}").failure()).get()
                .isInstanceOf(Failure.ClosedEarly.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]}}]}",
        "{\"candidates\":[{\"finishReason\":\"FINISH_REASON_UNSPECIFIED\"}]}", "{\"candidates\":[]}"})
    void anEndWithoutAFinishReasonIsNoEnd(String chunk) {
        DecodedAnswer answer = chunk.isEmpty() ? answer() : answer(chunk);
        assertThat(answer.failure()).get().isInstanceOf(Failure.ClosedEarly.class);
        assertThat(answer.finish()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, '', ''", "false, '', ''", "true, '[', ']\r\n'", "true, 'error: ', ''"})
    void anErrorOutsideOfAnyEventWinsOverTheEnd(boolean finishedBefore, String before, String after) {
        String events = finishedBefore ? sse(text("Hi"), finish("STOP")) : sse(text("Hi"));
        DecodedAnswer answer = DecodedAnswer.of((events + before + OVERLOADED + after).getBytes(UTF_8), reader());
        assertThat(answer.text()).isEqualTo("Hi");
        assertThat(answer.finish()).isEmpty();
        assertThat(answer.failure()).get().isInstanceOf(Failure.Overloaded.class)
                .extracting(Failure::message).isEqualTo("provider 'google' failed: busy");
    }

    @ParameterizedTest
    @CsvSource({"503, '', Overloaded", "429, RESOURCE_EXHAUSTED, RateLimited", "500, INTERNAL, ProviderFailed",
        "504, DEADLINE_EXCEEDED, ProviderFailed", "499, CANCELLED, ProviderFailed", "418, '', ProviderFailed",
        "400, '', InvalidRequest", "403, PERMISSION_DENIED, PermissionDenied"})
    void anErrorEventEndsTheStream(int code, String status, String kind) {
        ChunkReader reader = reader();
        String event = "{\"error\":{\"status\":\"" + status + "\",\"code\":" + code
                + ",\"details\":[{\"retryDelay\":\"2s\"}]}}";
        assertThatThrownBy(() -> read(reader, event)).isInstanceOfSatisfying(LlmException.class, e -> {
            assertThat(e.failure().getClass().getSimpleName()).isEqualTo(kind);
            if (e.failure() instanceof Failure.RateLimited limited) {
                assertThat(limited.retryAfter()).contains(Duration.ofSeconds(2));
            }
        });
        assertThat(reader.done()).isTrue();
        assertThat(reader.finished()).isFalse();
    }

    @Test
    void anErrorInPlaceOfAnAnswerIsFoundInsideAnArray() {
        assertThatThrownBy(() -> reader().readWhole("[" + OVERLOADED + "]", _ -> { }))
                .isInstanceOfSatisfying(LlmException.class,
                        e -> assertThat(e.failure()).isInstanceOf(Failure.Overloaded.class));
    }

    @Test
    @DisplayName("T40: the tokens of an answer that failed are told, too")
    void usageIsToldBeforeTheFailure() {
        DecodedAnswer answer = answer(text("Hi"), "{\"usageMetadata\":{\"promptTokenCount\":3,\"totalTokenCount\":3}}",
                "{\"error\":{\"code\":500}}");
        assertThat(answer.failure()).isPresent();
        assertThat(answer.usage()).contains(TokenUsage.of(3, 0, 0, 0));
    }

    @Test
    @DisplayName("T40: the last usage replaces the others as a whole; one without numbers is none")
    void theLastUsageWinsAsAWhole() {
        String counted = "{\"usageMetadata\":{\"promptTokenCount\":3,\"thoughtsTokenCount\":9,\"totalTokenCount\":12}}";
        String later = "{\"usageMetadata\":{\"promptTokenCount\":4,\"candidatesTokenCount\":1}}";
        assertThat(answer(text("Hi"), counted, later, finish("STOP")).usage()).contains(TokenUsage.of(4, 1, 0, 0));
        assertThat(answer(text("Hi"), "{\"usageMetadata\":{\"trafficType\":\"X\"}}", finish("STOP")).usage()).isEmpty();
        assertThat(answer(text("Hi"), "{\"usageMetadata\":{\"promptTokenCount\":\"x\"}}", finish("STOP")).finish())
                .isPresent();
    }

    @Test
    void partsWithoutTextOrCallAreNotGivenOn() {
        DecodedAnswer answer = answer(parts("{\"executableCode\":{\"code\":\"1\"},\"thoughtSignature\":\"s\"}",
                "{\"codeExecutionResult\":{\"output\":\"1\"}}", "{\"inlineData\":{\"data\":\"AA==\"}}",
                "{\"text\":\"\"}"),
                "{\"candidates\":[{\"content\":null}]}", "{\"candidates\":[{\"content\":{}}]}", "{\"candidates\":null}",
                "{\"candidates\":[{\"content\":{\"parts\":null},\"finishReason\":\"STOP\"}]}");
        assertThat(answer.chunks()).hasSize(2);
        assertThat(answer.reasoningBlocks()).isEmpty();
    }

    @Test
    @DisplayName("T39: a signature on a text or thought part becomes a finished block")
    void signaturesOfPartsBecomeBlocks() {
        DecodedAnswer answer = answer(parts("{\"text\":\"why\",\"thought\":true,\"thoughtSignature\":\"s1\"}"),
                parts("{\"text\":\"so\"}", "{\"thoughtSignature\":\"s2\",\"text\":\"\"}"), finish("STOP"));
        assertThat(answer.reasoning()).isEqualTo("why");
        assertThat(answer.reasoningBlocks()).containsExactly(new ReasoningBlock("why", "google:s1", ""),
                new ReasoningBlock("", "google:s2", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "[1]", "[DONE]", "{\"candidates\":[{\"content\":\"secret\"}]}", "5", "{} {}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret\"}]}}],\"usageMetadata\":{\"a\":", "[{}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":{\"secret\":1}}]}}]}", "{\"candidates\":{\"secret\":1}}"})
    void whatIsNotAChunkIsMalformedAndNothingOfItIsGivenOn(String data) {
        List<StreamingChunk> chunks = new ArrayList<>();
        assertThatThrownBy(() -> reader().readWhole(data, chunks::add)).isInstanceOf(MalformedChunkException.class)
                .hasMessageNotContaining("secret");
        assertThat(chunks).isEmpty();
    }

    @Test
    void aGoodChunkAfterAMalformedOneIsRead() {
        ChunkReader reader = reader();
        assertThatThrownBy(() -> read(reader, "{")).isInstanceOf(MalformedChunkException.class);
        assertThat(read(reader, text("Hi"))).hasSize(2);
        assertThat(reader.done()).isFalse();
    }

    @Test
    @DisplayName("an image is a part of the answer like any other")
    void images() {
        List<StreamingChunk> chunks = answer(parts("{\"text\":\"Here: \"}",
                "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AAAA\"}}"),
                parts("{\"thought\":true,\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"BBBB\"}}",
                        "{\"inlineData\":{\"mimeType\":\"audio/wav\",\"data\":\"CCCC\"}}"), finish("STOP")).chunks();
        assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().image().stream()))
                .containsExactly(new Media.Inline("image/png", "AAAA"));
    }
}
