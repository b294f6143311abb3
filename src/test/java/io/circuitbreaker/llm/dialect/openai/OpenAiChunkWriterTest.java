package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChoice;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Chunks that another dialect decoded, in OpenAI's words. */
class OpenAiChunkWriterTest {

    private static final StreamHead HEAD = new StreamHead("msg_1", 1700000000, "claude-real", "p1");
    private static final String OPENING =
            "{\"id\":\"msg_1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
            + "\"model\":\"claude-real\",\"provider\":\"p1\",\"choices\":[";

    @Test
    @DisplayName("T41: every chunk has the one id and the real model")
    void everyChunkHasTheSameHead() {
        List<String> events = write(true, StreamingChunk.of(Delta.START), StreamingChunk.of(Delta.content("a")),
                StreamingChunk.of(StreamingChoice.finish(FinishReason.STOP)),
                StreamingChunk.usage(TokenUsage.of(1, 2, 0, 0)));

        assertThat(events).hasSize(5).endsWith("[DONE]");
        assertThat(events.subList(0, 4)).allSatisfy(event -> {
            assertThat(event).startsWith(OPENING).doesNotContain("\n");
            assertThat(JsonText.parseObject(event).getJsonArray("choices").size()).isLessThanOrEqualTo(1);
        });
    }

    @Test
    void theRoleComesWithTheFirstDelta() {
        assertThat(choice(Delta.START))
                .isEqualTo("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}");
        assertThat(choice(new Delta(true, "Hi", "", "", List.of(), Optional.empty())))
                .isEqualTo("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hi\"},"
                + "\"finish_reason\":null}");
        assertThat(choice(new Delta(true, "", "Hm", "", List.of(), Optional.empty())))
                .isEqualTo("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"Hm\"},"
                + "\"finish_reason\":null}");
        assertThat(choice(Delta.content("Hi")))
                .isEqualTo("{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}");
    }

    @Test
    void anImageIsADataUri() {
        assertThat(choice(Delta.image(new Media.Inline("image/png", "AA==")))).contains("\"delta\":{\"images\":"
                + "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]}");
    }

    @Test
    void reasoningAndRefusalHaveTheirOwnMembers() {
        assertThat(choice(Delta.reasoning("Hm"))).contains("\"delta\":{\"reasoning_content\":\"Hm\"}");
        assertThat(choice(new Delta(false, "", "", "no", List.of(), Optional.empty())))
                .contains("\"delta\":{\"refusal\":\"no\"}");
        assertThat(choice(new Delta(true, "a", "b", "c", List.of(), Optional.empty())))
                .contains("{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"b\",\"refusal\":\"c\"}");
        assertThat(choice(Delta.EMPTY)).contains("\"delta\":{}");
    }

    @Test
    void finishedReasoningBecomesADetail() {
        assertThat(choice(Delta.finished(new ReasoningBlock("Hm", "s\"", "")))).contains(
                "\"delta\":{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"Hm\","
                + "\"signature\":\"s\\\"\"}]}");
        assertThat(choice(Delta.finished(new ReasoningBlock("", "", "xyz")))).contains(
                "\"delta\":{\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"xyz\"}]}");
    }

    @Test
    @DisplayName("T36: parallel calls keep index, id and arguments, and what belongs to a call goes with it")
    void toolCallsAreWritten() {
        ToolCallDelta first = new ToolCallDelta(0, "a", "f", "",
                Optional.of(JsonText.parseObject("{\"google\":{\"x\":1}}")));
        ToolCallDelta more = new ToolCallDelta(0, "", "", "{\"q\":1}", Optional.empty());
        ToolCallDelta second = new ToolCallDelta(1, "b", "g", "{}", Optional.empty());

        assertThat(choice(Delta.toolCall(first)))
                .contains("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"\"},\"extra_content\":{\"google\":{\"x\":1}}}]");
        assertThat(choice(new Delta(false, "", "", "", List.of(more, second), Optional.empty())))
                .contains("\"tool_calls\":["
                + "{\"index\":0,\"function\":{\"arguments\":\"{\\\"q\\\":1}\"}},"
                + "{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\","
                + "\"arguments\":\"{}\"}}]");
    }

    @Test
    void severalChoicesOfAChunkAreWritten() {
        String event = write(false, StreamingChunk.of(List.of(StreamingChoice.of(Delta.content("a")),
                new StreamingChoice(1, Delta.content("b"), Optional.of(FinishReason.LENGTH))))).getFirst();

        assertThat(event).isEqualTo(OPENING + "{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null},"
                + "{\"index\":1,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"length\"}]}");
    }

    @Test
    void textIsEscaped() {
        String text = "a\n\"b\"\\ \u0001 😀 \ud83d";

        assertThat(JsonText.parseObject(write(false, StreamingChunk.of(Delta.content(text))).getFirst())
                .getJsonArray("choices")
                .getJsonObject(0).getJsonObject("delta").getString("content")).isEqualTo(text);
    }

    @Test
    @DisplayName("T40: exactly one usage chunk, iff the client asked and the provider told; the last word counts")
    void usageIsSentOnceIfAskedAndTold() {
        StreamingChunk[] chunks = {StreamingChunk.usage(TokenUsage.of(1, 0, 0, 0)),
                StreamingChunk.of(Delta.content("a")),
            StreamingChunk.usage(TokenUsage.of(1, 2, 3, 4))};

        assertThat(write(true, chunks)).hasSize(3).element(1).isEqualTo(OPENING + "],\"usage\":{\"prompt_tokens\":1,"
                + "\"completion_tokens\":2,\"total_tokens\":3,\"prompt_tokens_details\":{\"cached_tokens\":3},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":4}}}");
        assertThat(write(false, chunks)).hasSize(2).noneMatch(event -> event.contains("usage"));
        assertThat(write(true, StreamingChunk.of(Delta.content("a")))).hasSize(2)
                .noneMatch(event -> event.contains("usage"));
    }

    @Test
    void aNameWithQuotesStaysInItsString() {
        List<String> events = new ArrayList<>();
        new OpenAiChunkWriter(new StreamHead("i\"d", 1, "m\\", "p\n"), false)
                .write(StreamingChunk.of(Delta.EMPTY), events::add);

        assertThat(JsonText.parseObject(events.getFirst()).getString("model")).isEqualTo("m\\");
        assertThat(events.getFirst()).doesNotContain("\n");
    }

    private static String choice(Delta delta) {
        String event = write(false, StreamingChunk.of(delta)).getFirst();
        return event.substring(OPENING.length(), event.length() - "]}".length());
    }

    private static List<String> write(boolean includeUsage, StreamingChunk... chunks) {
        List<String> events = new ArrayList<>();
        OpenAiChunkWriter writer = new OpenAiChunkWriter(HEAD, includeUsage);
        for (StreamingChunk chunk : chunks) {
            writer.write(chunk, events::add);
        }
        writer.end(events::add);
        return events;
    }
}
