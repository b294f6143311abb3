package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How streams end: well, early, or with an error. */
class OpenAiStreamEndsTest {

    private static final String HI =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}";
    private static final String STOP = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String DONE = "[DONE]";

    @Test
    @DisplayName("T31: a connection that closes after the finish closed well, and [DONE] is sent all the same")
    void anEndWithoutDoneIsCompleteAfterTheFinish() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, STOP);

        assertThat(exchange.failure()).isEmpty();
        assertThat(exchange.sent()).hasSize(3).endsWith(DONE);
    }

    @Test
    @DisplayName("T30: [DONE] after an answer without a finish is a good end, and no finish is made up")
    void doneAfterAnAnswerNeedsNoFinish() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI, DONE);

        assertThat(exchange.failure()).isEmpty();
        assertThat(exchange.collected().getJsonArray("choices").getJsonObject(0).isNull("finish_reason")).isTrue();
    }

    @Test
    void anAnswerOfReasoningBudgetAloneIsComplete() {
        assertThat(OpenAiExchange.ofData("{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}", DONE).failure())
                .isEmpty();
    }

    @ParameterizedTest
    @DisplayName("T25: a connection that closes before the finish closed early")
    @ValueSource(strings = {"", "data: " + HI + "\n\n", ": ping\n\n", "data: {\"choices\":[]}\n\n",
        "data: " + HI + "\n\ndata: {\"choices\":[],\"usage\":{}}\n\n", "data: " + HI + "\n\n" + "data: " + STOP,
        "<html>Bad gateway</html>\n\n"})
    void anEndBeforeTheFinishIsEarly(String body) {
        OpenAiExchange exchange = OpenAiExchange.ofText(body);

        assertThat(exchange.failure()).containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(exchange.sent()).doesNotContain(DONE).noneMatch(event -> event.contains("\"usage\""));
    }

    @Test
    @DisplayName("T25: one of two choices without a finish is an early end")
    void anEndWithAnUnfinishedChoiceIsEarly() {
        String first = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,"
                + "\"delta\":{\"content\":\"x\"}}]}";

        assertThat(OpenAiExchange.ofData(first, STOP).failure()).containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(OpenAiExchange.ofData(first, STOP, DONE).failure()).isEmpty();
    }

    @Test
    @DisplayName("T25: an end before all choices that were asked for have begun is early, unless the server said [DONE]")
    void anEndBeforeAllChoicesHaveBegunIsEarly() {
        String second = STOP.replace("\"index\":0", "\"index\":1");

        assertThat(OpenAiExchange.ofChoices(2, HI, STOP).failure()).containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(OpenAiExchange.ofChoices(2, HI, STOP).reader().finished()).isFalse();
        assertThat(OpenAiExchange.ofChoices(2, HI, STOP, second).failure()).isEmpty();
        assertThat(OpenAiExchange.ofChoices(2, HI, STOP, DONE).failure()).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("T26: [DONE] without an answer is a failure")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `data: [DONE]\\n\\n`
            `data: {"choices":[]}\\n\\ndata: [DONE]\\n\\n`
            `data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\\n\\ndata: [DONE]\\n\\n`
            `data: {"choices":[{"delta":{"content":[]}}]}\\n\\ndata: [DONE] \\n\\n`
            """)
    void doneWithoutAnAnswerIsAFailure(String body) {
        OpenAiExchange exchange = OpenAiExchange.ofText(body.translateEscapes());

        assertThat(exchange.failure()).containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(exchange.sent()).doesNotContain(DONE);
    }

    @Test
    void nothingIsReadAfterDone() {
        assertThat(OpenAiExchange.ofData(HI, DONE, HI, "{\"error\":{}}").sent()).hasSize(2);
    }

    @ParameterizedTest
    @DisplayName("T23: each form of an error in a stream is a failure of its kind, and what came before is kept")
    @CsvSource(delimiter = '|', textBlock = """
            data: {"error":{"message":"Oops","type":"server_error","param":null,"code":null}} | ProviderFailed
            data: {"error":{"message":"Oops","type":"rate_limit_error"}}                      | RateLimited
            data: {"error":{"message":"Oops","code":429}}                                     | RateLimited
            data: {"error":{"message":"Oops","type":"overloaded_error"}}                      | Overloaded
            data: {"error":{"message":"Oops","code":503}}                                     | Overloaded
            data: {"error":{"message":"Oops","type":"insufficient_quota"}}                    | QuotaExhausted
            data: {"error":{"message":"Oops","code":"context_length_exceeded"}}               | InvalidRequest
            data: {"error":{"message":"Oops","code":"content_filter"}}                        | ContentFiltered
            data: {"error":{"message":"Oops","status_code":400}}                              | InvalidRequest
            data: {"error":"Oops"}                                                            | ProviderFailed
            data: {"code":"503","error":"Oops"}                                               | Overloaded
            data: {"error":{"message":"Oops","code":400},"choices":[{"index":0,"delta":{}}]}  | InvalidRequest
            data: {"choices":[{"index":0,"delta":{},"error":{"code":502,"message":"Oops"},"finish_reason":"error"}]} | ProviderFailed
            data: {"object":"error","message":"Oops","type":"BadRequestError","code":400}     | InvalidRequest
            event: error;data: {"error":{"message":"Oops","status_code":400}}                 | InvalidRequest
            event: error;data: {"code":400,"message":"Oops"}                                  | InvalidRequest
            error: {"code":503,"message":"Oops","type":"unavailable_error"}                   | Overloaded
            {"error":{"code":500,"message":"Oops"}}                                           | ProviderFailed
            """)
    void anErrorInTheStreamIsAFailure(String event, String kind) {
        OpenAiExchange exchange = OpenAiExchange.ofText("data: " + HI + "\n\n" + event.strip()
                .replace(";", "\n") + "\n\n");

        assertThat(exchange.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.getClass().getSimpleName()).isEqualTo(kind);
            assertThat(failure.message()).contains("testprovider").contains("Oops");
        });
        assertThat(exchange.sent()).hasSize(1).doesNotContain(DONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: {\"error\":{\"message\":\"Oops\"}}", "event: error\ndata: not JSON",
        "event: error\ndata: \"Oops\"", "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"},"
                + "{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}"})
    void doneAfterAnErrorDoesNotMakeItGood(String event) {
        OpenAiExchange exchange = OpenAiExchange.ofText("data: " + HI + "\n\n" + event + "\n\ndata: [DONE]\n\n");

        assertThat(exchange.failure()).containsInstanceOf(Failure.ProviderFailed.class);
        assertThat(exchange.sent()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "false"})
    void anErrorThatSaysNothingIsNone(String error) {
        String chunk = HI.replace("{\"choices\"", "{\"error\":" + error + ",\"choices\"");

        assertThat(OpenAiExchange.ofData(chunk, STOP, DONE).failure()).isEmpty();
    }

    @Test
    void usageBesideAnErrorIsStillCounted() {
        OpenAiExchange exchange = OpenAiExchange.ofData(HI,
                "{\"error\":{\"message\":\"Oops\"},\"choices\":[],\"usage\":{\"prompt_tokens\":9}}");

        assertThat(exchange.collected().getJsonObject("usage").getInt("prompt_tokens")).isEqualTo(9);
    }

    @Test
    @DisplayName("T32: a whole document instead of a stream is an answer of one chunk")
    void aWholeDocumentIsAnAnswer() {
        OpenAiExchange exchange = OpenAiExchange.ofWhole("""
                {"id":"c1","object":"chat.completion","created":5,"model":"m","service_tier":"x","choices":[{"index":0,
                 "message":{"role":"assistant","content":"Hi","refusal":null,"reasoning_content":"Hm","tool_calls":[
                   {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},
                   {"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},
                 "logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""");

        assertThat(exchange.failure()).isEmpty();
        assertThat(exchange.sent()).hasSize(3).endsWith(DONE);
        JsonObject chunk = exchange.sentChunks().getFirst();
        assertThat(chunk.getString("object")).isEqualTo("chat.completion.chunk");
        assertThat(chunk.getString("service_tier")).isEqualTo("x");
        assertThat(chunk.getJsonArray("choices").getJsonObject(0)).doesNotContainKey("message");
        assertThat(chunk.getJsonArray("choices").getJsonObject(0).getJsonObject("delta").getJsonArray("tool_calls")
                .getValuesAs(JsonObject.class)).extracting(call -> call.getInt("index")).containsExactly(0, 1);
        assertThat(exchange.message().getJsonArray("tool_calls")).hasSize(2);
        assertThat(exchange.collected().getJsonObject("usage").getInt("completion_tokens")).isEqualTo(2);
        assertThat(exchange.collected().getString("object")).isEqualTo("chat.completion");
    }

    @Test
    @DisplayName("T32: a whole document is complete without a finish, but not without an answer")
    void aWholeDocumentNeedsNoFinishButAnAnswer() {
        assertThat(OpenAiExchange.ofWhole("{\"choices\":[{\"message\":{\"content\":\"Hi\"}}]}").failure()).isEmpty();
        assertThat(OpenAiExchange.ofWhole("{\"choices\":[]}").failure()).containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(OpenAiExchange.ofWhole("{\"choices\":[{}]}").failure())
                .containsInstanceOf(Failure.ClosedEarly.class);
        assertThat(OpenAiExchange.ofWhole("{}").failure()).containsInstanceOf(Failure.ClosedEarly.class);
    }

    @ParameterizedTest
    @DisplayName("T23 T32: an error document under status 200 is a failure")
    @ValueSource(strings = {"{\"error\":{\"message\":\"Oops\",\"code\":429}}",
        "{\"error\":{\"code\":\"429\"},\"choices\":[]}",
        "{\"object\":\"error\",\"message\":\"Oops\",\"code\":429}"})
    void anErrorDocumentIsAFailure(String json) {
        assertThat(OpenAiExchange.ofWhole(json).failure()).containsInstanceOf(Failure.RateLimited.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "<html></html>", "{\"choices\":[7]}",
        "{\"choices\":[{\"message\":{\"tool_calls\":[7]}}]}"})
    void aDocumentOfAnotherKindIsMalformed(String json) {
        assertThatThrownBy(() -> OpenAiExchange.ofWhole(json)).isInstanceOf(MalformedChunkException.class);
    }
}
