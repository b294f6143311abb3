package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.File;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the router knows of models: who is chosen by it, who is passed over, and what an answer costs. */
@ExtendWith(ArquillianExtension.class)
class CatalogIT {

    private static final String CONFIG = "WEB-INF/classes/META-INF/microprofile-config.properties";
    private static final String TOOL = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private static final String IMAGE = "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
            + "\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]}]}";

    /** As {@link DeployedRouter}, but with a catalog and models of its own, above the environment's settings. */
    @Deployment(testable = false)
    static WebArchive router() throws URISyntaxException {
        WebArchive war = ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("router.war")));
        war.delete(CONFIG);
        war.add(new StringAsset("""
                config_ordinal=600
                mp.openapi.scan.disable=true
                llm.providers=openai,anthropic,google,demo
                llm.catalog=%s
                llm.provider.openai.models=cheap,strong
                llm.provider.anthropic.models=strong
                llm.provider.google.models=middling
                llm.routes=weak-first,cheapest
                llm.route.weak-first.candidates=openai/cheap,google/middling,openai/strong
                llm.route.cheapest.candidates=anthropic/strong,openai/strong,google/middling
                llm.route.cheapest.strategy=cost
                """.formatted(CatalogIT.class.getResource("/catalog-it.json").toURI())), CONFIG);
        return war;
    }

    @BeforeEach
    void allAnswer() {
        Fake.OPENAI.servingAs("cheap", Wire.OPENAI.answer("c", "h"));
        Fake.OPENAI.servingAs("strong", Wire.OPENAI.answer("s", "t"));
        Fake.ANTHROPIC.servingAs("strong", Wire.ANTHROPIC.answer("a", "n"));
        Fake.GOOGLE.servingAs("middling", Wire.GOOGLE.answer("g", "o"));
    }

    private static String served(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.headers().firstValue("x-llm-provider").orElseThrow() + "/"
                + response.headers().firstValue("x-llm-model").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"auto, openai/cheap", "cb:smart-chat, openai/strong", "cb:cost-optimal, openai/cheap",
        "cb:coding, openai/strong", "cb:analysis, google/middling", "cb:creative, anthropic/strong"})
    void virtualModelsChooseAmongTheModelsThatProvidersList(String name, String chosen) {
        HttpResponse<String> streamed = Router.post(Router.streaming(name));
        assertThat(served(streamed)).isEqualTo(chosen);
        assertThat(Events.of(streamed.body()).isDone()).isTrue();
        assertThat(served(Router.post(Router.unary(name)))).isEqualTo(chosen);
    }

    @Test
    void theFastestIsOneOfThose() {
        assertThat(served(Router.post(Router.streaming("cb:fastest"))))
                .isIn("openai/cheap", "openai/strong", "anthropic/strong", "google/middling");
    }

    @Test
    void autoChoosesWhoTakesTheRequest() {
        assertThat(served(Router.post(IMAGE.formatted("auto")))).isEqualTo("anthropic/strong");
        assertThat(served(Router.post(Router.chat("auto", "Hi", TOOL)))).isEqualTo("openai/strong");
        assertThat(served(Router.post(Router.chat("auto", "Hi", ",\"circuit_breaker\":{\"task_type\":\"analysis\"}"))))
                .isEqualTo("google/middling");
    }

    @Test
    void aVirtualModelMovesOnToAnotherProvider() {
        Fake.OPENAI.servingAs("strong", Wire.OPENAI.refusal(429, "slow down"));
        HttpResponse<String> response = Router.post(Router.streaming("cb:coding"));
        assertThat(served(response)).isEqualTo("anthropic/strong");
        assertThat(response.headers().firstValue("x-llm-fallback-reason")).contains("openai/strong: rate limited");
    }

    @Test
    void whoCannotTakeTheRequestIsPassedOverWithTheReason() {
        HttpResponse<String> response = Router.post(Router.chat("weak-first", "Hi", ",\"stream\":true" + TOOL));
        assertThat(served(response)).isEqualTo("openai/strong");
        assertThat(response.headers().firstValue("x-llm-fallback-reason"))
                .contains("openai/cheap: takes no tools; google/middling: takes no tools");
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("1");

        String longPrompt = Router.chat("google/middling", "x".repeat(2000), ",\"models\":[\"openai/cheap\"]");
        assertThat(Router.post(longPrompt).headers().firstValue("x-llm-fallback-reason")).contains(
                "google/middling: has a context window of 300 tokens, too small for about 501");
    }

    @Test
    void ifNobodyCanTakeItTheRefusalSaysWhy() {
        HttpResponse<String> response = Router.post(Router.chat("openai/cheap", "Hi",
                ",\"models\":[\"google/middling\"]" + TOOL));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Router.error(response).getString("param")).isEqualTo("tools");
        assertThat(Router.error(response).getString("message"))
                .contains("openai/cheap: takes no tools; google/middling: takes no tools");
        assertThat(served(Router.post(Router.chat("openai/cheap", "Hi", TOOL)))).as("the only one named")
                .isEqualTo("openai/cheap");
    }

    @Test
    void theCheapestIsAskedFirstAndTheTooDearNotAtAll() {
        assertThat(served(Router.post(Router.unary("cheapest")))).isEqualTo("google/middling");
        HttpResponse<String> response = Router.post(Router.chat("cb:coding", "Hi",
                ",\"circuit_breaker\":{\"max_cost_per_1k_tokens\":0.002}"));
        assertThat(served(response)).isEqualTo("openai/cheap");
        HttpResponse<String> refused = Router.post(Router.chat("openai/strong", "Hi",
                ",\"circuit_breaker\":{\"max_cost_per_1k_tokens\":0.002}"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Router.error(refused).getString("param")).isEqualTo("circuit_breaker.max_cost_per_1k_tokens");
    }

    @ParameterizedTest
    @CsvSource({"openai/strong, 0.00003", "anthropic/strong, 0.000045", "google/middling, 0.000008"})
    @DisplayName("Five tokens of a prompt and two of an answer cost the same streamed and whole, in every language")
    void usageHasItsCost(String model, String cost) {
        JsonObject whole = JsonText.parseObject(Router.post(Router.unary(model)).body()).getJsonObject("usage");
        assertThat(whole.getJsonNumber("cost").bigDecimalValue()).isEqualByComparingTo(cost);
        Events events = Events.of(Router.post(Router.chat(model, "Hi",
                ",\"stream\":true,\"stream_options\":{\"include_usage\":true}")).body());
        JsonObject streamed = events.json().getLast().getJsonObject("usage");
        assertThat(streamed.getJsonNumber("cost").bigDecimalValue()).isEqualByComparingTo(cost);
        assertThat(streamed.getInt("prompt_tokens")).isEqualTo(5);
    }

    @Test
    void aCostThatTheProviderTellsIsHandedOn() {
        String usage = OpenAiEvents.usage(5, 1).replace("\"total_tokens\":6", "\"total_tokens\":6,\"cost\":0.25");
        String model = Fake.OPENAI.serving(FakeReply.sse().send(OpenAiEvents.role(), OpenAiEvents.content("x"),
                OpenAiEvents.finish("stop"), usage, OpenAiEvents.DONE));
        assertThat(Router.post(Router.unary(model)).body()).contains("\"cost\":0.25");
    }

    @Test
    void anUnknownModelHasNoCost() {
        assertThat(Router.post(Router.unary(Fake.OPENAI.serving(Wire.OPENAI.answer("x")))).body())
                .contains("\"usage\"").doesNotContain("\"cost\"");
    }

    @ParameterizedTest
    @EnumSource(value = Fake.class, names = {"OPENAI", "ANTHROPIC"})
    void whatAnswersCostIsCounted(Fake fake) {
        String tags = "provider=\"" + fake.configuredName() + "\"";
        double before = Router.figure("llm_cost_microusd_total", tags).orElse(0);
        Router.post(Router.streaming(fake.configuredName() + "/strong"));
        awaitFigure(tags, before + (fake == Fake.OPENAI ? 30 : 45));
    }

    /** A stream is counted after its client has the end of it. */
    private static void awaitFigure(String tags, double wanted) {
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        OptionalDouble seen = Router.figure("llm_cost_microusd_total", tags);
        while (seen.orElse(0) < wanted && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            seen = Router.figure("llm_cost_microusd_total", tags);
        }
        assertThat(seen).hasValue(wanted);
    }

    @Test
    void listsVirtualModelsAndWhatIsKnownOfTheOthers() {
        JsonObject list = JsonText.parseObject(Router.get("/v1/models").body());
        assertThat(list.getJsonArray("data").stream().map(JsonValue::asJsonObject)
                .map(model -> model.getString("id") + " of " + model.getString("owned_by")))
                .containsSubsequence("weak-first of router", "auto of router", "cb:smart-chat of router",
                        "cb:cost-optimal of router", "cb:fastest of router", "cb:coding of router",
                        "cb:analysis of router", "cb:creative of router", "cheap of openai");
        JsonObject known = JsonText.parseObject(Router.get("/v1/models/openai/cheap").body());
        assertThat(known.getInt("context_window")).isEqualTo(100000);
        assertThat(known.getJsonObject("pricing"))
                .hasToString("{\"input\":0.2,\"cached_input\":0.02,\"output\":1}");
        assertThat(JsonText.parseObject(Router.get("/v1/models/cb:coding").body()).getString("owned_by"))
                .isEqualTo("router");
    }
}
