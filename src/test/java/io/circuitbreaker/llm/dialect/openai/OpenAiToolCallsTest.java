package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tool calls as servers number and name them, and as clients get them. */
class OpenAiToolCallsTest {

    private static final String F_AND_G = "a f {\"x\":1}; b g {\"y\":2}";

    /** Name of the case, what the client must have in the end, the pieces: one chunk each. */
    static Stream<Arguments> pieces() {
        return Stream.of(
                of("numbered from 0", F_AND_G, call("0", "a", "f", ""), call("0", null, null, "{\"x\":"),
                        call("0", null, null, "1}"), call("1", "b", "g", "{\"y\":"), call("1", null, null, "2}")),
                of("numbered from 1", F_AND_G, call("1", "a", "f", "{\"x\":1}"), call("2", "b", "g", "{\"y\":"),
                        call("2", null, null, "2}")),
                of("interleaved", F_AND_G, call("0", "a", "f", ""), call("1", "b", "g", ""),
                        call("0", null, null, "{\"x\":"),
                        call("1", null, null, "{\"y\":"), call("0", null, null, "1}"), call("1", null, null, "2}")),
                of("whole, without a number", F_AND_G, call(null, "a", "f", "{\"x\":1}"),
                        call(null, "b", "g", "{\"y\":2}")),
                of("in pieces, without a number", F_AND_G, call(null, "a", "f", "{\"x\":"),
                        call(null, null, null, "1}"),
                        call(null, "b", "g", "{\"y\":"), call(null, "b", null, "2}")),
                of("number null", F_AND_G, call("null", "a", "f", "{\"x\":1}"), call("null", "b", "g", "{\"y\":2}")),
                of("one number for all, new ids", F_AND_G, call("0", "a", "f", "{\"x\":1}"),
                        call("0", "b", "g", "{\"y\":"),
                        call("0", null, null, "2}")),
                of("ids and names repeated", F_AND_G, call("0", "a", "f", "{\"x\":"), call("0", "a", "f", "1}"),
                        call("1", "b", "g", "{\"y\":"), call("1", "b", "g", "2}")),
                of("names empty on later pieces", F_AND_G, call("0", "a", "f", "{\"x\":"), call("0", null, "", "1}"),
                        call("1", "b", "g", "{\"y\":"), call("1", "", "", "2}")),
                of("a new id made up for each piece", F_AND_G, call("0", "a", "f", "{\"x\":"),
                        call("0", "a2", null, "1}"),
                        call("1", "b", "g", "{\"y\":"), call("1", "b2", null, "2}")),
                of("the name after the id", F_AND_G, call("0", "a", null, ""), call("0", null, "f", "{\"x\":1}"),
                        call("1", "b", "", ""), call("1", "b", "g", "{\"y\":2}")),
                of("arguments as an object", "a f {\"x\":1}",
                        "{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                        + "\"arguments\":{\"x\":1}}}"),
                of("without a type", "a f {}",
                        "{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"),
                of("without ids", "call_chatcmpl-fallback_0 f {\"x\":1}; call_chatcmpl-fallback_1 g {\"y\":2}",
                        call("0", null, "f", "{\"x\":"), call("0", null, null, "1}"), call("1", "", "g", "{\"y\":2}")),
                of("without ids, one number for all", "call_chatcmpl-fallback_0 f {}; call_chatcmpl-fallback_1 g {}",
                        call("0", "", "f", "{}"), call("0", "", "g", "{}")),
                of("without ids, the name repeated", "call_chatcmpl-fallback_0 f {\"x\":1}",
                        call("0", null, "f", "{\"x\":"), call("0", null, "f", "1}")),
                of("without number and id", "call_chatcmpl-fallback_0 f {}; call_chatcmpl-fallback_1 f {}",
                        call(null, null, "f", "{"), call(null, null, null, "}"), call(null, null, "f", "{}")));
    }

    private static Arguments of(String name, String expected, String... calls) {
        return Arguments.of(name, expected, List.of(calls));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pieces")
    @DisplayName("T36: indexes are dense from 0, and each call has one id and one name")
    void aClientGetsEachCallOnce(String name, String expected, List<String> calls) {
        OpenAiExchange exchange = OpenAiExchange.ofData(chunks(calls));

        assertThat(exchange.malformed()).isZero();
        assertThat(inOneLine(exchange.message())).isEqualTo(expected);
        assertThat(addedUpByAClient(exchange)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pieces")
    @DisplayName("T36: all pieces in one chunk are the same calls")
    void piecesOfOneChunkAreTheSameCalls(String name, String expected, List<String> calls) {
        OpenAiExchange exchange = OpenAiExchange.ofData(chunks(List.of(String.join(",", calls))));

        assertThat(inOneLine(exchange.message())).isEqualTo(expected);
    }

    @Test
    @DisplayName("T36: choices number their calls apart, and may use the same ids")
    void choicesNumberTheirCallsApart() {
        String call = call("0", "a", "f", "{}");
        OpenAiExchange exchange = OpenAiExchange.ofData(
                "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + call + "]}}]}",
                "{\"choices\":[{\"delta\":{\"tool_calls\":[" + call.replace("0", "1") + "]},\"index\":1}]}", "[DONE]");

        assertThat(exchange.collected().getJsonArray("choices").getValuesAs(JsonObject.class))
                .extracting(choice -> inOneLine(choice.getJsonObject("message"))).containsExactly("a f {}", "a f {}");
    }

    @Test
    void anOrdinaryPieceIsForwardedLetterForLetter() {
        String chunk = "{\"choices\":[{\"delta\":{\"tool_calls\":[" + call("0", "a", "f", "") + "]}}]}";
        String more = "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,"
                + "\"function\":{\"arguments\":\"{ }\"}}]}}]}";
        OpenAiExchange exchange = OpenAiExchange.ofData(chunk, more, "[DONE]");

        assertThat(exchange.sent().getFirst()).endsWith(chunk.substring(1));
        assertThat(exchange.sent().get(1)).endsWith(more.substring(1));
    }

    @Test
    void aMadeUpIdFitsIntoFortyCharacters() {
        OpenAiExchange exchange = OpenAiExchange.ofData("{\"id\":\"" + "x".repeat(100)
                + "\",\"choices\":[{\"delta\":{\"tool_calls\":["
                + call("0", null, "f", "{}") + "]}}]}", "[DONE]");

        assertThat(exchange.message().getJsonArray("tool_calls").getJsonObject(0).getString("id"))
                .hasSizeBetween(20, 40);
    }

    @Test
    void whatElseIsInACallIsKept() {
        OpenAiExchange exchange =
                OpenAiExchange.ofData("{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":"
                + "{\"name\":\"f\",\"arguments\":\"{}\"},"
                + "\"extra_content\":{\"google\":{\"thought_signature\":\"s\"}}}]}}]}", "[DONE]");

        assertThat(exchange.message().getJsonArray("tool_calls").getJsonObject(0).getJsonObject("extra_content")
                .getJsonObject("google").getString("thought_signature")).isEqualTo("s");
    }

    private static String[] chunks(List<String> calls) {
        Stream<String> chunks = calls.stream()
                .map(call -> "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + call + "]}}]}");
        return Stream.concat(chunks, Stream.of("[DONE]")).toArray(String[]::new);
    }

    /** @param index and others: null leaves the member out */
    private static String call(String index, String id, String name, String arguments) {
        String quoted = arguments.replace("\"", "\\\"");
        return "{" + (index == null ? "" : "\"index\":" + index + ",") + (id == null ? "" : "\"id\":\"" + id + "\",")
                + "\"type\":\"function\",\"function\":{" + (name == null ? "" : "\"name\":\"" + name + "\",")
                + "\"arguments\":\"" + quoted + "\"}}";
    }

    private static String inOneLine(JsonObject message) {
        return String.join("; ", message.getJsonArray("tool_calls").getValuesAs(JsonObject.class).stream()
                .map(call -> call.getString("id") + " " + call.getJsonObject("function").getString("name") + " "
                        + call.getJsonObject("function").getString("arguments")).toList());
    }

    /** The way of OpenAI's Python client: by index, and every text is appended to what is there. */
    private static String addedUpByAClient(OpenAiExchange exchange) {
        StringBuilder[][] calls = new StringBuilder[9][];
        int known = 0;
        for (JsonObject chunk : exchange.sentChunks()) {
            for (JsonValue value : chunk.getJsonArray("choices").getJsonObject(0).getJsonObject("delta")
                    .getJsonArray("tool_calls")) {
                JsonObject call = value.asJsonObject();
                int index = call.getInt("index");
                assertThat(index).isBetween(0, known);
                if (index == known) {
                    calls[known++] = new StringBuilder[] {new StringBuilder(), new StringBuilder(),
                            new StringBuilder()};
                    assertThat(call.getString("type")).isEqualTo("function");
                }
                calls[index][0].append(call.getString("id", ""));
                calls[index][1].append(call.getJsonObject("function").getString("name", ""));
                calls[index][2].append(call.getJsonObject("function").getString("arguments", ""));
            }
        }
        return String.join("; ", Stream.of(calls).limit(known).map(parts -> String.join(" ", parts)).toList());
    }
}
