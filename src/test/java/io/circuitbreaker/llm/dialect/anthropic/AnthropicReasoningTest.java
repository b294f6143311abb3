package io.circuitbreaker.llm.dialect.anthropic;

import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.ADAPTIVE_MODEL;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.BUDGET_MODEL;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.call;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.calling;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.result;
import static io.circuitbreaker.llm.dialect.anthropic.OpenAiRequests.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.ReasoningBlock;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.ToolChoice;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicReasoningTest {

    @ParameterizedTest
    @CsvSource({"minimal,1024", "low,1024", "medium,4096", "high,16384", "xhigh,16384", "max,16384"})
    void effortIsABudgetForOlderModels(String effort, int budget) {
        OpenAiRequests request = to(BUDGET_MODEL).effort(effort);

        assertThat(request.member("thinking")).isEqualTo("{\"type\":\"enabled\",\"budget_tokens\":" + budget + "}");
        assertThat(request.body()).doesNotContainKey("output_config");
        assertThat(request.body().getInt("max_tokens")).isGreaterThan(budget + 4096).isLessThan(32_000);
    }

    @Test
    void budgetLeavesRoomForTheAnswer() {
        OpenAiRequests request = to(BUDGET_MODEL).effort("high").maxTokens(4000);

        assertThat(request.body().getJsonObject("thinking").getInt("budget_tokens")).isEqualTo(2999);
        assertThat(request.body().getInt("max_tokens")).isEqualTo(4000);
    }

    @Test
    void limitThatIsTooSmallForReasoningLeavesItOut() {
        OpenAiRequests request = to(BUDGET_MODEL).effort("low").maxTokens(1000);

        assertThat(request.body()).doesNotContainKey("thinking");
        assertThat(request.dropped()).containsExactly("reasoning_effort");
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-4-6,minimal,low", "claude-opus-4-6,high,high", "claude-sonnet-4-6,xhigh,high",
        "claude-opus-4-6,max,max", "claude-opus-4-7,xhigh,xhigh", "claude-opus-5,medium,medium",
        "anthropic/claude-4.6-opus,low,low"})
    void effortGoesToNewerModelsAsItIs(String model, String effort, String written) {
        OpenAiRequests request = to(model).effort(effort);

        assertThat(request.body().getJsonObject("thinking").getString("type")).isEqualTo("adaptive");
        assertThat(request.member("output_config")).isEqualTo("{\"effort\":\"" + written + "\"}");
        assertThat(request.dropped()).isEmpty();
    }

    @Test
    void modelsThatHideTheirReasoningAreAskedForASummary() {
        assertThat(to("claude-opus-4-7").effort("low").member("thinking"))
                .isEqualTo("{\"type\":\"adaptive\",\"display\":\"summarized\"}");
        assertThat(to(ADAPTIVE_MODEL).effort("low").member("thinking")).isEqualTo("{\"type\":\"adaptive\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "claude-3-opus-20240229   |                       |                   |",
        "claude-sonnet-4-5        |                       |                   |",
        "claude-opus-4-6          |                       |                   |",
        "claude-opus-4-8          |                       |                   |",
        "claude-opus-5            | {\"type\":\"disabled\"} |                 |",
        "claude-haiku-5-5         | {\"type\":\"disabled\"} |                 |",
        "claude-sonnet-5-5        | {\"type\":\"between_tools\"} |            |",
        "claude-opus-5-5          |                       | {\"effort\":\"low\"} | reasoning_effort",
        "claude-fable-5           |                       | {\"effort\":\"low\"} | reasoning_effort",
        "claude-mythos-preview    |                       | {\"effort\":\"low\"} | reasoning_effort"})
    void noReasoningIsAsLittleAsTheModelCanDoWith(String model, String thinking, String output, String dropped) {
        OpenAiRequests request = to(model).effort("none");

        assertThat(text(request, "thinking")).isEqualTo(thinking);
        assertThat(text(request, "output_config")).isEqualTo(output);
        assertThat(request.dropped()).isEqualTo(dropped == null ? List.of() : List.of(dropped));
    }

    @ParameterizedTest
    @CsvSource({"claude-3-5-sonnet-20241022,high", "claude-sonnet-4-5,extreme", "claude-opus-4-6,extreme"})
    void effortThatCannotBeAskedForIsNamed(String model, String effort) {
        OpenAiRequests request = to(model).effort(effort);

        assertThat(request.body()).doesNotContainKeys("thinking", "output_config");
        assertThat(request.dropped()).containsExactly("reasoning_effort");
    }

    @ParameterizedTest
    @CsvSource({BUDGET_MODEL, ADAPTIVE_MODEL})
    void reasoningTakesNoTemperature(String model) {
        OpenAiRequests request = to(model).effort("high").temperature(0.2).topK(5).topP(0.97);

        assertThat(request.body()).doesNotContainKeys("temperature", "top_k").containsKey("top_p");
        assertThat(request.dropped()).containsExactly("temperature", "top_k");
        assertThat(to(model).effort("high").topP(0.5).dropped()).containsExactly("top_p");
    }

    @Test
    void forcedToolWinsOverReasoning() {
        OpenAiRequests older = to(BUDGET_MODEL).effort("high").tool("now").choice(new ToolChoice.Required());
        OpenAiRequests newer = to(ADAPTIVE_MODEL).effort("high").tool("now").choice(new ToolChoice.Function("now"));

        assertThat(older.body()).doesNotContainKey("thinking").containsKey("tool_choice");
        assertThat(older.dropped()).containsExactly("reasoning_effort");
        assertThat(newer.body()).doesNotContainKey("thinking").containsKeys("tool_choice", "output_config");
        assertThat(newer.dropped()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1"})
    void modelsThatCannotBeMadeToCallAToolThinkAsWished(String model) {
        OpenAiRequests request = to(model).effort("high").tool("now").choice(new ToolChoice.Required());

        assertThat(request.body().getJsonObject("thinking").getString("type")).isEqualTo("adaptive");
        assertThat(request.dropped()).containsExactly("tool_choice");
    }

    @DisplayName("T39: with a budget, a tool turn goes on reasoning only if its reasoning came back")
    @Test
    void toolTurnThatLostItsReasoningGoesOnWithoutIt() {
        assertThat(toolTurn(List.of()).body()).doesNotContainKey("thinking");
        assertThat(toolTurn(List.of()).dropped()).containsExactly("reasoning_effort");
        String own = "anthropic:claude-sonnet-4-5:c2ln";
        assertThat(toolTurn(List.of(new ReasoningBlock("Hm.", own, ""))).body()).containsKey("thinking");
        assertThat(toolTurn(List.of(new ReasoningBlock("", "", own))).body()).containsKey("thinking");
        assertThat(toolTurn(List.of(new ReasoningBlock("Hm.", "google:s1", ""))).body()).doesNotContainKey("thinking");
        assertThat(toolTurn(List.of()).says(Role.USER, "And now?").body()).containsKey("thinking");
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1"})
    @DisplayName("T39: reasoning that is bound to what stood before it is left out where that has changed, not refused")
    void boundReasoningIsLeftOutWhereItDoesNotFit(String model) {
        OpenAiRequests request = to(model).says(Role.USER, "Hello").with(own(model)).says(Role.USER, "And?");

        assertThat(request.member("messages")).contains("\"signature\":\"c2ln\"");
        assertThat(request.member("thinking")).isEqualTo(
                "{\"type\":\"adaptive\",\"block_binding\":{\"prefix_mismatch_behavior\":\"drop_block\"}}");
        assertThat(request.written().headers()).containsEntry("anthropic-beta", "thinking-binding-controls-2026-08-01");
        assertThat(request.effort("high").body().getJsonObject("thinking"))
                .containsOnlyKeys("type", "display", "block_binding");
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-5,high", "claude-opus-4-8,high", "claude-sonnet-5-5,none", "claude-haiku-5-5,none"})
    void otherRequestsSayNothingOfIt(String model, String effort) {
        OpenAiRequests request = to(model).effort(effort).says(Role.USER, "Hello").with(own(model)).says(Role.USER, "And?");

        assertThat(request.written().body()).doesNotContain("block_binding");
        assertThat(request.written().headers()).doesNotContainKey("anthropic-beta");
        assertThat(to("claude-opus-5-5").effort("high").written().headers()).doesNotContainKey("anthropic-beta");
    }

    private static ChatMessage own(String model) {
        return calling("Hi.", List.of(new ReasoningBlock("Hm.", "anthropic:" + model + ":c2ln", "")));
    }

    @Test
    @DisplayName("with a budget, a model that is to reason does not go on from the beginning of its answer")
    void answerThatIsBegunGoesOnWithoutReasoning() {
        OpenAiRequests request = to(BUDGET_MODEL).effort("low").says(Role.USER, "When?").says(Role.ASSISTANT, "At");

        assertThat(request.body()).doesNotContainKey("thinking");
        assertThat(request.dropped()).containsExactly("reasoning_effort");
    }

    private static OpenAiRequests toolTurn(List<ReasoningBlock> reasoning) {
        return to(BUDGET_MODEL).effort("low").tool("now").says(Role.USER, "When?")
                .with(calling("", reasoning, call("a", "now", "{}"))).with(result("a", new ContentPart.Text("noon")));
    }

    private static String text(OpenAiRequests request, String name) {
        return request.body().containsKey(name) ? request.member(name) : null;
    }
}
