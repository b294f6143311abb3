package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.TaskType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RoutingMembersTest {

    private static LlmRequest read(String members) {
        String body = "{" + members + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"temperature\":0.70}";
        return OpenAiRequestReader.read(JsonText.parseObject(body));
    }

    @Test
    void withoutAWishTheSourceIsTheClientsOwn() {
        LlmRequest request = read("\"model\":\"m\"");
        assertThat(request.routing()).isEqualTo(RoutingWish.NONE);
        assertThat(request.source()).containsOnlyKeys("model", "messages", "temperature");
    }

    @Test
    void everyMemberIsRead() {
        LlmRequest request = read("""
                "model":"a/1","models":["b/2"],"disable_fallbacks":true,"circuit_breaker":{"fallback_models":["c/3"],
                "preferred_providers":["c","b"],"routing_strategy":"balanced","max_latency_ms":800,
                "max_cost_per_1k_tokens":0.0150,"task_type":"coding"}""");
        assertThat(request.model()).isEqualTo("a/1");
        assertThat(request.routing()).isEqualTo(new RoutingWish(List.of("b/2", "c/3"), List.of("c", "b"),
                Optional.of(RoutingStrategy.LEAST_BUSY), Optional.of(Duration.ofMillis(800)),
                Optional.of(new BigDecimal("0.0150")), Optional.of(TaskType.CODING), true, Tactics.NONE));
    }

    @Test
    @DisplayName("What is ours no provider sees; the rest stays as the client wrote it")
    void oursIsTakenOut() {
        LlmRequest request = read("\"model\":\"m\",\"models\":[\"b/2\"],\"disable_fallbacks\":null,"
                + "\"circuit_breaker\":{\"max_latency_ms\":1}");
        assertThat(request.source()).containsOnlyKeys("model", "messages", "temperature");
        assertThat(request.source().toString()).contains("0.70");
    }

    @Test
    void theFirstOfTheModelsIsTheModelWhereThereIsNoOther() {
        LlmRequest request = read("\"models\":[\"a/1\",\"b/2\",\"c/3\"]");
        assertThat(request.model()).isEqualTo("a/1");
        assertThat(request.routing().fallbackModels()).containsExactly("b/2", "c/3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "model":"@"                                             | model
            "models":["m","@"]                                      | models[1]
            "model":"m","circuit_breaker":{"fallback_models":["@"]} | circuit_breaker.fallback_models[0]
            """)
    @DisplayName("A model's name is remembered and logged: it has an end, and no line breaks")
    void namesHaveALimit(String members, String where) {
        assertThat(read(members.replace("@", "x".repeat(512))).model()).isNotEmpty();
        for (String bad : new String[] {"x".repeat(513), "x\\nINFO forged", "x\\u0085"}) {
            LlmException refused = catchThrowableOfType(LlmException.class, () -> read(members.replace("@", bad)));
            assertThat(refused.failure()).isInstanceOfSatisfying(Failure.InvalidRequest.class, failure -> {
                assertThat(failure.param()).isEqualTo(where);
                assertThat(failure.message()).doesNotContain("xx").doesNotContain("forged");
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"performance_first, LATENCY", "balanced, LEAST_BUSY", "reliability_first, PRIORITY",
        "cost_optimized, COST"})
    void strategies(String word, RoutingStrategy strategy) {
        assertThat(read("\"model\":\"m\",\"circuit_breaker\":{\"routing_strategy\":\"" + word + "\"}").routing().strategy())
                .contains(strategy);
    }

    @Test
    void taskSpecificIsAsListedButForTheTask() {
        RoutingWish wish = read("\"model\":\"m\",\"circuit_breaker\":{\"routing_strategy\":\"task_specific\","
                + "\"task_type\":\"creative\"}").routing();
        assertThat(wish.strategy()).contains(RoutingStrategy.PRIORITY);
        assertThat(wish.taskType()).contains(TaskType.CREATIVE);
    }

    @ParameterizedTest
    @EnumSource(TaskType.class)
    void tasks(TaskType task) {
        assertThat(read("\"model\":\"m\",\"circuit_breaker\":{\"task_type\":\"" + task.name().toLowerCase(Locale.ROOT)
                + "\"}").routing().taskType()).contains(task);
    }

    @ParameterizedTest
    @DisplayName("What cannot be granted is refused with its name, never ignored")
    @CsvSource(delimiter = '|', textBlock = """
            "models":[]                                                   | model | is required
            "circuit_breaker":{"fallback_models":["b/2"]}                 | model | is required
            "model":"m","models":"b/2"                                    | models | must be an array
            "model":"m","models":[1]                                      | models[0] | must be a string
            "model":"m","models":["b",""]                                 | models[1] | not empty
            "model":"m","disable_fallbacks":"yes"                         | disable_fallbacks | true or false
            "model":"m","circuit_breaker":[]                              | circuit_breaker | must be an object
            "model":"m","circuit_breaker":{"max_cost_per_1k_tokens":"1"}  | circuit_breaker.max_cost_per_1k_tokens | must be a number
            "model":"m","circuit_breaker":{"max_cost_per_1k_tokens":-0.1} | circuit_breaker.max_cost_per_1k_tokens | between 0 and 1000000
            "model":"m","circuit_breaker":{"max_cost_per_1k_tokens":1e99} | circuit_breaker.max_cost_per_1k_tokens | between 0 and 1000000
            "model":"m","circuit_breaker":{"task_type":"poetry"}          | circuit_breaker.task_type | was "poetry"
            "model":"m","circuit_breaker":{"task_type":1}                 | circuit_breaker.task_type | must be a string
            "model":"m","circuit_breaker":{"budget_tracking":{}}          | circuit_breaker.budget_tracking | is not supported
            "model":"m","circuit_breaker":{"routing_strategy":"task_specific"}  | circuit_breaker.task_type | is required
            "model":"m","circuit_breaker":{"routing_strategy":"best"}     | circuit_breaker.routing_strategy | was "best"
            "model":"m","circuit_breaker":{"max_latency_ms":0}            | circuit_breaker.max_latency_ms | between 1 and 3600000
            "model":"m","circuit_breaker":{"preferred_providers":"openai"} | circuit_breaker.preferred_providers | must be an array
            """)
    void refused(String members, String param, String rule) {
        Failure.InvalidRequest failure = (Failure.InvalidRequest) catchThrowableOfType(LlmException.class,
                () -> read(members)).failure();
        assertThat(failure.param()).isEqualTo(param);
        assertThat(failure.message()).contains("'" + param + "'", rule);
    }

    @Test
    void aListHasAtMostSixteenNames() {
        String names = "\"x\",".repeat(17).replaceAll(",$", "");
        assertThat(catchThrowableOfType(LlmException.class, () -> read("\"model\":\"m\",\"models\":[" + names + "]")))
                .hasMessage("'models' must have at most 16 names, had 17");
    }

    @Test
    void nullIsAbsent() {
        assertThat(read("\"model\":\"m\",\"models\":null,\"circuit_breaker\":{\"task_type\":null,\"max_latency_ms\":null}")
                .routing()).isEqualTo(RoutingWish.NONE);
    }
}
