package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.TaskType;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.routing.CatalogEntry.Tier;
import io.circuitbreaker.llm.testing.MapConfig;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogTest {

    private static final ModelCatalog BUILT_IN = ModelCatalog.load(MapConfig.of());

    @TempDir
    private Path folder;

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("catalog.json"), json);
    }

    private static ModelCatalog configured(Object file) {
        return ModelCatalog.load(MapConfig.of("llm.catalog", file.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-6.2-astra", "gpt-6.2-sol", "gpt-6.1-terra", "gpt-6-luna", "gpt-5.4", "gpt-5.4-mini",
        "gpt-5.2", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "o3",
        "claude-fable-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-6",
        "claude-sonnet-4-6", "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "gemini-4-carbon", "gemini-4-neon",
        "gemini-4-hydrogen", "gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-3.1-pro-preview", "gemini-2.5-pro",
        "gemini-2.5-flash", "gemini-2.5-flash-lite"})
    void knowsTheModelsThatVendorsListHere(String model) {
        CatalogEntry entry = BUILT_IN.of("any", model).orElseThrow();
        assertThat(entry.vendor()).isPresent();
        assertThat(entry.contextWindow().orElseThrow()).isGreaterThan(entry.maxOutputTokens().orElseThrow());
        assertThat(entry.abilities().orElseThrow()).contains(Ability.IMAGES);
        assertThat(entry.tier()).isPresent();
        Prices prices = entry.prices().orElseThrow();
        assertThat(prices.cachedInput()).isLessThan(prices.input());
        assertThat(prices.input()).isLessThan(prices.output());
    }

    @ParameterizedTest
    @CsvSource({"claude-opus-4-6, false", "claude-sonnet-4-6, false", "claude-sonnet-4-5, true", "claude-haiku-4-5, true",
        "claude-opus-5-5, false", "claude-fable-5-2, false", "gemini-2.5-flash, true", "gemini-3.1-pro-preview, true",
        "gemini-3.5-flash, true", "gemini-3.5-flash-lite, false", "gemini-3.6-flash, false", "gemini-4-hydrogen, false",
        "gpt-5, false", "gpt-4o, false"})
    void knowsWhoGoesOnFromAnUnfinishedMessage(String model, boolean prefill) {
        assertThat(BUILT_IN.of("any", model).orElseThrow().has(Ability.PREFILL)).isEqualTo(prefill);
    }

    @ParameterizedTest
    @DisplayName("by chat completions, OpenAI's models from 5.6 on take tools only without reasoning, or not at all")
    @CsvSource({"gpt-6.2-astra, false", "gpt-6.2-sol, false", "gpt-6.1-terra, false", "gpt-6-luna, false",
        "gpt-5.6-terra, false", "gpt-5.4, true", "gpt-5.4-mini, true", "gpt-5-mini, true", "claude-sonnet-5-5, true",
        "gemini-4-neon, true"})
    void knowsWhoTakesTools(String model, boolean tools) {
        assertThat(BUILT_IN.of("any", model).orElseThrow().has(Ability.TOOLS)).isEqualTo(tools);
    }

    @ParameterizedTest
    @CsvSource({"gpt-5-2025-08-07, gpt-5", "claude-sonnet-4-5-20250929, claude-sonnet-4-5"})
    void aDateAtTheEndOfANameIsNoOtherModel(String dated, String id) {
        assertThat(BUILT_IN.of("any", dated)).map(CatalogEntry::id).contains(id);
    }

    @Test
    void ofAnUnknownModelNothingIsKnown() {
        assertThat(BUILT_IN.of("openai", "gpt-99")).isEmpty();
        assertThat(BUILT_IN.of("other", "demo")).as("the entry is of the provider demo").isEmpty();
    }

    @Test
    void everyMemberIsRead() throws IOException {
        ModelCatalog catalog = configured(file("""
                {"as_of": "2026-01-01", "note": "ours", "models": [{"id": "local/llama", "vendor": "meta",
                 "context_window": 8192, "max_output_tokens": 2048,
                 "prices": {"input": 0.10, "cached_input": 0.01, "output": 0.2},
                 "abilities": ["tools", "prefill"], "tasks": ["coding", "general_chat"], "tier": "small"}]}"""));
        assertThat(catalog.of("local", "llama")).contains(new CatalogEntry("local/llama", Optional.of("meta"),
                OptionalLong.of(8192), OptionalLong.of(2048),
                Optional.of(new Prices(new BigDecimal("0.10"), new BigDecimal("0.01"), new BigDecimal("0.2"))),
                Optional.of(Set.of(Ability.TOOLS, Ability.PREFILL)), Set.of(TaskType.CODING, TaskType.GENERAL_CHAT),
                Optional.of(Tier.SMALL)));
        assertThat(catalog.of("elsewhere", "llama")).isEmpty();
        assertThat(catalog.of("any", "gpt-5")).as("the others are still there").isPresent();
    }

    @Test
    void theExampleOfTheReadmeIsACatalog() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int begin = readme.indexOf("{\"models\":");
        ModelCatalog catalog = configured(file(readme.substring(begin, readme.indexOf("```", begin))));
        assertThat(catalog.of("vllm", "meta-llama/Llama-3.3-70B").orElseThrow().prices()).isPresent();
    }

    @Test
    void onlyTheIdIsRequired() throws IOException {
        ModelCatalog catalog = configured(file("{\"models\":[{\"id\":\"llama\"}]}").toUri());
        assertThat(catalog.of("any", "llama")).contains(new CatalogEntry("llama", Optional.empty(), OptionalLong.empty(),
                OptionalLong.empty(), Optional.empty(), Optional.empty(), Set.of(), Optional.empty()));
    }

    @Test
    void anEntryReplacesTheOneOfTheSameIdAndOneForAProviderWins() throws IOException {
        ModelCatalog catalog = configured(file("""
                {"models": [{"id": "gpt-5", "prices": {"input": 7, "output": 8}},
                            {"id": "azure/gpt-5", "prices": {"input": 1, "output": 2}}]}"""));
        assertThat(catalog.of("openai", "gpt-5").orElseThrow().abilities()).as("of the entry that was replaced").isEmpty();
        assertThat(catalog.of("openai", "gpt-5").orElseThrow().prices().orElseThrow().input()).isEqualByComparingTo("7");
        assertThat(catalog.of("azure", "gpt-5").orElseThrow().prices().orElseThrow().input()).isEqualByComparingTo("1");
    }

    @Test
    void costsAreExactAndCachedTokensAreNotPaidForTwice() {
        Prices prices = new Prices(new BigDecimal("1.25"), new BigDecimal("0.125"), new BigDecimal("10"));
        assertThat(prices.of(TokenUsage.of(1000, 1, 400, 0))).isEqualByComparingTo("0.00081");
        assertThat(prices.of(TokenUsage.of(3, 0, 0, 0))).isEqualByComparingTo("0.00000375");
        assertThat(prices.of(TokenUsage.of(10, 0, 99, 0))).as("more cached than there are").isEqualByComparingTo("0.00000125");
    }

    @Test
    void withoutAPriceOfItsOwnACachedTokenCostsAsMuchAsAnother() throws IOException {
        Prices prices = configured(file("{\"models\":[{\"id\":\"m\",\"prices\":{\"input\":3,\"output\":4}}]}"))
                .of("any", "m").orElseThrow().prices().orElseThrow();
        assertThat(prices.cachedInput()).isEqualByComparingTo("3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nonsense                                      | must be a JSON object:
            []                                            | must be a JSON object:
            {}                                            | models must be an array of objects, was absent
            {"models":[],"model":[]}                      | the file has an unknown member 'model'; known are as_of, models, note
            {"models":[1]}                                | models[0] must be an object, was 1
            {"models":[{}]}                               | models[0].id must be provider/model or a model's name, was absent
            {"models":[{"id":"a b"}]}                     | models[0].id must be provider/model or a model's name, was "a b"
            {"models":[{"id":"m"},{"id":"m"}]}            | models[1].id must be given once, was "m"
            {"models":[{"id":"m","contxt":1}]}            | models[0] (m) has an unknown member 'contxt'
            {"models":[{"id":"m","vendor":1}]}            | models[0] (m).vendor must be a string, was 1
            {"models":[{"id":"m","context_window":0}]}    | models[0] (m).context_window must be a whole number from 1
            {"models":[{"id":"m","max_output_tokens":"9"}]} | models[0] (m).max_output_tokens must be a whole number from 1
            {"models":[{"id":"m","prices":1}]}            | models[0] (m).prices must be an object, was 1
            {"models":[{"id":"m","prices":{"in":1}}]}     | models[0] (m).prices has an unknown member 'in'
            {"models":[{"id":"m","prices":{"input":1}}]}  | models[0] (m).prices.output must be a number from 0 to 1000000
            {"models":[{"id":"m","prices":{"input":"1"}}]} | models[0] (m).prices.input must be a number from 0 to 1000000
            {"models":[{"id":"m","prices":{"input":-1}}]} | models[0] (m).prices.input must be a number from 0 to 1000000
            {"models":[{"id":"m","prices":{"input":1e-13}}]} | with at most 12 decimals
            {"models":[{"id":"m","prices":{"input":1e9}}]} | models[0] (m).prices.input must be a number from 0 to 1000000
            {"models":[{"id":"m","abilities":"tools"}]}   | models[0] (m).abilities must be an array of words, was "tools"
            {"models":[{"id":"m","abilities":["TOOLS"]}]} | models[0] (m).abilities[0] must be one of tools, images, audio
            {"models":[{"id":"m","tasks":["poetry"]}]}    | models[0] (m).tasks[0] must be one of general_chat, coding
            {"models":[{"id":"m","tier":"best"}]}         | models[0] (m).tier must be one of top, middle, small, was "best"
            """)
    void aBadFileIsNamedWithThePlaceAndTheRule(String json, String rule) throws IOException {
        Path file = file(json);
        assertThatThrownBy(() -> configured(file)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("llm.catalog (" + file + ")").hasMessageContaining(rule);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere/at/all.json", "file:///nowhere/at/all.json", "https://example.com/catalog.json",
        "file:relative.json", "file:%%"})
    void aFileThatCannotBeReadIsNamed(String file) {
        assertThatThrownBy(() -> configured(file)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("llm.catalog must be the path or the file: URL of a file that can be read as UTF-8, was '" + file
                        + "'");
    }
}
