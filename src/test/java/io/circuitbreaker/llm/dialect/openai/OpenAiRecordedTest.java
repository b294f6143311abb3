package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OpenAiRecordedTest {

    static Stream<RecordedStream> recordings() {
        return RecordedStream.in("openai-chat", "azure", "groq", "mistral", "openrouter", "deepseek", "ollama",
                "perplexity",
                "snowflake", "together", "vllm", "zai", "crusoe", "huggingface", "anthropic-openai-compat");
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T30 T36 T40: a client that does not stream gets what an independent parser found")
    void collectsWhatAnIndependentParserFound(RecordedStream recorded) {
        OpenAiExchange exchange = OpenAiExchange.of(recorded.bytes());
        JsonObject expect = recorded.expect();

        assertThat(exchange.malformed()).isZero();
        assertThat(exchange.failure().isPresent()).as("failure").isEqualTo(isPresent(expect, "error"));
        JsonObject answer = exchange.collected();
        if (expect.containsKey("choices")) {
            assertThat(answer.getJsonArray("choices")).hasSameSizeAs(expect.getJsonArray("choices"));
            expect.getJsonArray("choices").forEach(choice -> assertChoice(answer, choice.asJsonObject()));
        } else {
            assertChoice(answer, expect);
        }
        assertThat(usage(answer)).isEqualTo(usage(expect));
    }

    private static void assertChoice(JsonObject answer, JsonObject expect) {
        JsonObject choice = answer.getJsonArray("choices").getJsonObject(expect.getInt("index", 0));
        JsonObject message = choice.getJsonObject("message");
        assertThat(message.getString("content", "")).isEqualTo(expect.getString("text", ""));
        assertThat(reasoning(message)).isEqualTo(expect.getString("reasoning", ""));
        assertThat(message.getString("refusal", "")).isEqualTo(expect.getString("refusal", ""));
        assertThat(choice.getString("finish_reason", "")).isEqualTo(expect.getString("finish_reason", ""));
        assertThat(calls(message.get("tool_calls"))).isEqualTo(calls(expect.get("tool_calls")));
    }

    @ParameterizedTest
    @MethodSource("recordings")
    @DisplayName("T31 T36 T40: what a streaming client is sent is well-formed, whatever the provider sent")
    void forwardsWellFormedEvents(RecordedStream recorded) {
        OpenAiExchange exchange = OpenAiExchange.of(recorded.bytes());
        boolean told = !recorded.expect().isNull("usage") && !usage(recorded.expect()).equals(List.of());
        boolean good = !isPresent(recorded.expect(), "error");

        List<JsonObject> chunks = assertEvents(exchange.sent(), good);
        long usages = chunks.stream().filter(chunk -> isPresent(chunk, "usage")).count();
        assertThat(usages).isEqualTo(good && told ? 1 : 0);
        if (usages == 1) {
            assertThat(chunks.getLast().get("usage")).isInstanceOf(JsonObject.class);
        }
        assertThat(assertEvents(exchange.sentWithoutUsage(), good)).noneMatch(chunk -> isPresent(chunk, "usage"));
        assertThat(exchange.chunks().stream().filter(chunk -> chunk.wire().isPresent())
                .anyMatch(chunk -> chunk.speaks()))
                .isTrue();
        assertFinishes(chunks);
        assertToolCalls(chunks);
    }

    private static List<JsonObject> assertEvents(List<String> events, boolean good) {
        assertThat(events.getLast().equals("[DONE]")).isEqualTo(good);
        List<String> json = good ? events.subList(0, events.size() - 1) : events;
        assertThat(json).doesNotContain("[DONE]").allSatisfy(event -> assertThat(event).doesNotContain("\n", "\r"));
        List<JsonObject> chunks = json.stream().map(JsonText::parseObject).toList();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.getString("provider")).isNotEmpty();
            assertThat(isPresent(chunk, "usage") && !chunk.getJsonArray("choices").isEmpty()).isFalse();
        });
        return chunks;
    }

    private static void assertFinishes(List<JsonObject> chunks) {
        Set<Integer> finished = new HashSet<>();
        choices(chunks).filter(choice -> isPresent(choice, "finish_reason"))
                .forEach(choice -> assertThat(finished.add(choice.getInt("index"))).as("one finish").isTrue());
    }

    private static void assertToolCalls(List<JsonObject> chunks) {
        Map<Integer, Integer> opened = new HashMap<>();
        choices(chunks).forEach(choice -> {
            JsonObject delta = choice.getJsonObject("delta");
            if (!(delta.get("tool_calls") instanceof JsonArray calls)) {
                return;
            }
            for (JsonValue value : calls) {
                JsonObject call = value.asJsonObject();
                int known = opened.getOrDefault(choice.getInt("index"), 0);
                boolean opens = call.getInt("index") == known;
                assertThat(call.getInt("index")).isBetween(0, known);
                assertThat(isPresent(call, "id")).as("id").isEqualTo(opens);
                assertThat(isPresent(call.getJsonObject("function"), "name")).as("name").isEqualTo(opens);
                opened.merge(choice.getInt("index"), opens ? 1 : 0, Integer::sum);
            }
        });
    }

    private static Stream<JsonObject> choices(List<JsonObject> chunks) {
        return chunks.stream().flatMap(chunk -> chunk.getJsonArray("choices").stream()).map(JsonValue::asJsonObject);
    }

    private static boolean isPresent(JsonObject object, String name) {
        return object.containsKey(name) && !object.isNull(name);
    }

    private static String reasoning(JsonObject message) {
        return message.getString("reasoning_content", message.getString("reasoning", ""));
    }

    private static List<List<Object>> calls(JsonValue toolCalls) {
        List<List<Object>> calls = new ArrayList<>();
        if (toolCalls instanceof JsonArray array) {
            for (JsonValue value : array) {
                JsonObject call = value.asJsonObject();
                JsonObject function = call.get("function") instanceof JsonObject object ? object : call;
                JsonValue arguments = JsonText.parse(((JsonString) function.get("arguments")).getString());
                calls.add(List.of(call.getString("id"), function.getString("name"), arguments));
            }
        }
        return calls;
    }

    /** Nothing where a stream told no usage, which expectations write as null or as a usage of nulls. */
    private static List<Integer> usage(JsonObject object) {
        if (!(object.get("usage") instanceof JsonObject usage) || usage.isNull("prompt_tokens")) {
            return List.of();
        }
        return List.of(usage.getInt("prompt_tokens"), usage.getInt("completion_tokens"));
    }
}
