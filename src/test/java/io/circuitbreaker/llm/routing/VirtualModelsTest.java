package io.circuitbreaker.llm.routing;

import static io.circuitbreaker.llm.routing.CatalogFile.prices;
import static io.circuitbreaker.llm.routing.CatalogFile.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.provider.DemoProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class VirtualModelsTest {

    private static final List<String> NAMES = List.of("auto", "cb:smart-chat", "cb:cost-optimal", "cb:fastest",
            "cb:coding", "cb:analysis", "cb:creative");
    private static final Failure DOWN = new Failure.Unreachable("m");

    /** Each says that it was asked, and gives no answer: who would have been the next is asked too. */
    private final StubProvider a = StubProvider.failsWith("a", DOWN).lists("big", "balanced", "small", "thinker");
    private final StubProvider b = StubProvider.failsWith("b", DOWN).lists("unknown", "huge", "tiny", "hearing");
    private final StubProvider demo = StubProvider.answers("demo").lists("demo");

    @TempDir
    private Path folder;
    private TestRouter test;

    @BeforeEach
    void begin() {
        test = TestRouter.configured(catalog().in(folder), a, demo, b);
    }

    private static CatalogFile catalog() {
        String able = ",\"abilities\":[\"tools\",\"images\"]";
        return new CatalogFile()
                .with("big", prices("5", "20") + able + ",\"tasks\":[\"coding\",\"analysis\"],\"tier\":\"top\"")
                .with("balanced", prices("2", "8") + able + ",\"tasks\":[\"general_chat\",\"coding\"],\"tier\":\"middle\"")
                .with("small", prices("1", "2") + able + ",\"tasks\":[\"summarization\"],\"tier\":\"small\"")
                .with("thinker", prices("0.5", "9") + ",\"abilities\":[\"tools\",\"reasoning\"],\"tasks\":[\"reasoning\"],"
                        + "\"tier\":\"small\"")
                .with("huge", prices("4", "30") + able + ",\"tasks\":[\"creative\",\"reasoning\"],\"tier\":\"top\"")
                .with("tiny", prices("0.1", "0.3") + ",\"abilities\":[],\"tasks\":[\"general_chat\"],\"tier\":\"small\"")
                .with("hearing", prices("3", "6") + ",\"abilities\":[\"audio\"],\"tier\":\"middle\"");
    }

    /** In the order in which they are asked. */
    private List<String> asked(LlmRequest request) {
        List<String> asked = new ArrayList<>();
        String reasons = ((NoAnswerException) test.refusal(request)).fallbackReason().orElseThrow();
        for (String reason : reasons.split("; ")) {
            asked.add(reason.replace(": unreachable", ""));
        }
        return asked;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            auto            | a/balanced, b/tiny, a/big, b/huge
            cb:smart-chat   | a/big, b/huge, a/balanced, b/hearing
            cb:cost-optimal | b/tiny, a/small, b/hearing, a/balanced
            cb:fastest      | a/small, b/tiny, a/thinker, b/hearing
            cb:coding       | a/big, b/huge, a/balanced, b/hearing
            cb:analysis     | a/big, b/huge, a/balanced, b/hearing
            cb:creative     | b/huge, a/big, a/balanced, b/hearing
            """)
    void chooseTwoOfEachProviderAndGoAcrossProviders(String name, String inOrder) {
        assertThat(String.join(", ", asked(request(name, "")))).isEqualTo(inOrder);
        assertThat(demo.timesAsked()).as("the demo stands in for nobody").isZero();
    }

    @Test
    void autoGoesByTheTask() {
        assertThat(asked(request("auto", "\"circuit_breaker\":{\"task_type\":\"coding\"}"))).startsWith("a/big");
        assertThat(asked(request("auto", "\"circuit_breaker\":{\"task_type\":\"creative\"}"))).startsWith("b/huge");
        assertThat(asked(request("auto", "\"circuit_breaker\":{\"task_type\":\"summarization\"}"))).startsWith("a/small");
        assertThat(asked(request("auto", "\"reasoning_effort\":\"high\""))).startsWith("b/huge", "a/thinker");
        assertThat(asked(request("auto", "\"reasoning_effort\":\"minimal\""))).startsWith("a/balanced");
    }

    @Test
    void theChoiceIsAmongThoseThatCanTakeTheRequest() {
        String audio = "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\","
                + "\"input_audio\":{\"data\":\"AA==\",\"format\":\"wav\"}}]}]";
        assertThat(asked(request("cb:smart-chat", audio))).containsExactly("b/hearing", "b/unknown");
        String image = "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                + "\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]}]";
        assertThat(asked(request("cb:cost-optimal", image))).startsWith("a/small", "a/balanced", "b/huge");
    }

    @Test
    void wishesAreRespected() {
        assertThat(asked(request("cb:smart-chat", "\"circuit_breaker\":{\"max_cost_per_1k_tokens\":0.01}")))
                .containsExactly("a/balanced", "b/hearing", "a/small", "b/tiny");
        assertThat(asked(request("cb:coding", "\"circuit_breaker\":{\"preferred_providers\":[\"b\"]}")))
                .containsExactly("b/huge", "b/hearing", "a/big", "a/balanced");
        assertThat(asked(request("cb:coding", "\"circuit_breaker\":{\"routing_strategy\":\"cost_optimized\"}")))
                .containsExactly("b/hearing", "a/balanced", "a/big", "b/huge");
        assertThat(asked(request("cb:cost-optimal", "\"circuit_breaker\":{\"task_type\":\"coding\"}")))
                .containsExactly("a/balanced", "b/tiny", "a/small", "b/hearing");
        assertThat(asked(request("cb:coding", "\"models\":[\"a/other\"]"))).hasSize(5).endsWith("a/other");
    }

    @Test
    void whatTheAnswerMayBeDecidesWhoIsTheCheapest() {
        String longPrompt = "\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(4000) + "\"}]";
        assertThat(asked(request("cb:cost-optimal", longPrompt + ",\"max_tokens\":10"))).startsWith("b/tiny", "a/thinker");
        assertThat(asked(request("cb:cost-optimal", "\"max_tokens\":1000"))).startsWith("b/tiny", "a/small");
    }

    @Test
    void theFastestIsTheOneThatWasMeasured() {
        StubProvider slow = StubProvider.does("a", () -> test.pass(Duration.ofSeconds(2))).lists("small");
        StubProvider quick = StubProvider.does("b", () -> test.pass(Duration.ofSeconds(1))).lists("tiny");
        test = TestRouter.configured(catalog().in(folder), slow, quick);
        assertThat(List.of(test.open("cb:fastest").provider(), test.open("cb:fastest").provider(),
                test.open("cb:fastest").provider())).containsExactly("a", "b", "b");
    }

    @Test
    void aRouteOfTheSameNameReplacesOne() {
        test = TestRouter.configured(MapConfig.of("llm.routes", "cb:coding,auto", "llm.route.cb:coding.candidates", "demo/x",
                "llm.route.auto.candidates", "nobody/x"), a, demo);
        assertThat(test.open("cb:coding").model()).isEqualTo("x");
        assertThat(test.refusal("auto", RoutingWish.NONE).failure()).isInstanceOf(Failure.NotFound.class);
        assertThat(test.router.models()).extracting(ServedModel::id).doesNotHaveDuplicates().doesNotContain("auto")
                .startsWith("cb:coding", "cb:smart-chat");
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void areServedByTheDemoWhereThereIsNothingElse(String name) {
        String[] listed = new DemoProvider(MapConfig.of()).models().toArray(String[]::new);
        test = TestRouter.configured(MapConfig.of(), StubProvider.answers("demo").lists(listed));
        assertThat(test.open(name).model()).isEqualTo("demo");
        assertThat(test.router.model(name)).contains(new ServedModel(name, "router"));
        assertThat(test.router.models()).extracting(ServedModel::id).startsWith(NAMES.toArray(String[]::new));
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void withoutAModelToChooseFromTheRefusalSaysWhatToDo(String name) {
        test = TestRouter.configured(MapConfig.of(), StubProvider.answers("ollama"), demo);
        assertThat(test.refusal(name, RoutingWish.NONE).failure()).isEqualTo(new Failure.NotFound("'" + name
                + "' chooses among the models that providers list, and no provider in use lists any; set"
                + " llm.provider.<name>.models", "model_not_found"));
        assertThat(test.router.model(name)).as("and not sent to a provider as the name of its model").isEmpty();
        assertThat(test.router.models()).extracting(ServedModel::id).doesNotContain(name);
    }
}
