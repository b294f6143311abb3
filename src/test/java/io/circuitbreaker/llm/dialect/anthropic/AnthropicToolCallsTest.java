package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.Events.START;
import static io.circuitbreaker.llm.dialect.anthropic.Events.STOP;
import static io.circuitbreaker.llm.dialect.anthropic.Events.arguments;
import static io.circuitbreaker.llm.dialect.anthropic.Events.blockStart;
import static io.circuitbreaker.llm.dialect.anthropic.Events.blockStop;
import static io.circuitbreaker.llm.dialect.anthropic.Events.finish;
import static io.circuitbreaker.llm.dialect.anthropic.Events.text;
import static io.circuitbreaker.llm.dialect.anthropic.Events.toolStart;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.FinishReason;
import io.circuitbreaker.llm.chat.ToolCallDelta;
import io.circuitbreaker.llm.testing.DecodedAnswer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicToolCallsTest {

    private final Events events = new Events();

    @DisplayName("T36 T41: interleaved parallel calls keep id, arguments and an index that is dense from 0")
    @Test
    void interleavedToolCallsKeepApart() {
        DecodedAnswer answer = events.answer(START, blockStart(0, "{\"type\":\"text\",\"text\":\"\"}"),
                text(0, "Both."), toolStart(1, "toolu_a", "left"), toolStart(4, "toolu_b", "right"),
                arguments(1, "{\\\"x\\\":"), arguments(4, "{\\\"y\\\":"), arguments(1, "1}"), arguments(4, "2}"),
                blockStop(4), blockStop(1), finish("tool_use"), STOP);

        assertThat(answer.text()).isEqualTo("Both.");
        assertThat(answer.toolCalls()).containsExactly(new DecodedAnswer.Call("toolu_a", "left", "{\"x\":1}"),
                new DecodedAnswer.Call("toolu_b", "right", "{\"y\":2}"));
        assertThat(answer.openings()).extracting(ToolCallDelta::index).containsExactly(0, 1);
        assertThat(answer.finish()).contains(FinishReason.TOOL_CALLS);
    }

    @DisplayName("T37: a piece of arguments goes out with the event that brought it, an empty one not at all")
    @Test
    void argumentsAreNotHeldBack() {
        events.read(START, toolStart(0, "toolu_a", "left"));
        events.chunks.clear();

        events.read(arguments(0, ""));
        assertThat(events.chunks).isEmpty();
        events.read(arguments(0, "{\\\"a"));
        assertThat(events.chunks).hasSize(1);
        events.read(arguments(0, "\\\":1}"));
        assertThat(events.chunks).hasSize(2);
        events.read(blockStop(0));
        assertThat(events.chunks).hasSize(2);
    }

    @DisplayName("T36: a call without arguments has an empty object")
    @Test
    void callWithoutArgumentsHasAnEmptyObject() {
        DecodedAnswer answer = events.answer(START, toolStart(0, "toolu_a", "now"), arguments(0, ""), blockStop(0),
                finish("tool_use"), STOP);

        assertThat(answer.toolCalls()).containsExactly(new DecodedAnswer.Call("toolu_a", "now", "{}"));
    }

    @Test
    void blocksWithoutAStopAreClosedByTheFinish() {
        DecodedAnswer answer = events.answer(START, toolStart(0, "toolu_a", "now"), finish("tool_use"), STOP);

        assertThat(answer.toolCalls()).containsExactly(new DecodedAnswer.Call("toolu_a", "now", "{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"server_tool_use", "mcp_tool_use", "web_search_tool_result", "compaction",
            "invented_block"})
    void blocksOfTheProvidersOwnAreNoToolCalls(String type) {
        DecodedAnswer answer = events.answer(START,
                blockStart(0, "{\"type\":\"" + type
                        + "\",\"id\":\"srv_1\",\"name\":\"search\",\"input\":{},\"content\":[]}"),
                arguments(0, "{\\\"query\\\":1}"), text(0, "not for the client"), blockStop(0),
                toolStart(1, "toolu_a", "ours"), blockStop(1), finish("tool_use"), STOP);

        assertThat(answer.text()).isEmpty();
        assertThat(answer.toolCalls()).containsExactly(new DecodedAnswer.Call("toolu_a", "ours", "{}"));
    }

    @DisplayName("A piece of a call whose beginning was lost, perhaps in an event that was skipped, ends the stream")
    @Test
    void aCallWithoutItsBeginningEndsTheStream() {
        DecodedAnswer answer = events.answer(START, text(0, "Let me see"), arguments(1, "{\\\"secret\\\":1}"),
                finish("tool_use"), STOP);

        assertThat(answer.text()).isEqualTo("Let me see");
        assertThat(answer.failure()).get().isInstanceOf(Failure.Malformed.class)
                .extracting(Failure::message).asString().contains("claudia").doesNotContain("secret");
        assertThat(new Events().answer(START, text(0, "a"), arguments(1, ""), finish("end_turn"), STOP).failure()).isEmpty();
    }
}
