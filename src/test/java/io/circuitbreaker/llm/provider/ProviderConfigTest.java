package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.circuitbreaker.llm.dialect.PrefillForm;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderConfigTest {

    private static final List<String> LANGUAGES = List.of("openai", "anthropic", "google", "newcomer");

    private static ProviderConfig load(String name, String... namesAndValues) {
        return ProviderConfig.load(MapConfig.of(namesAndValues), name, LANGUAGES);
    }

    @Test
    void defaults() {
        ProviderConfig config = load("mine");
        assertThat(config.dialect()).isEqualTo("openai");
        assertThat(config.baseUrl()).isEmpty();
        assertThat(config.apiKey().isPresent()).isFalse();
        assertThat(config.apiKeyHeader()).isEmpty();
        assertThat(config.models()).isEmpty();
        assertThat(config.streamUsage()).isEqualTo(StreamUsage.ALWAYS);
        assertThat(config.limits()).isEqualTo(new StreamLimits(1000, 100, Duration.ofSeconds(2)));
        assertThat(config.probeInterval()).isEmpty();
        assertThat(config.usable()).isFalse();
        assertThat(config.deadlines()).isEqualTo(new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(60),
                Duration.ofSeconds(60), Duration.ofMinutes(15), Duration.ofSeconds(5), Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({"openai, gpt-5", "anthropic, claude-sonnet-4-5", "google, gemini-2.5-pro"})
    void vendorsHaveTheirDialectAndModels(String name, String model) {
        assertThat(load(name).dialect()).isEqualTo(name);
        assertThat(load(name).models()).contains(model);
    }

    @Test
    void aProviderWithTheNameOfALanguageSpeaksIt() {
        assertThat(load("newcomer").dialect()).isEqualTo("newcomer");
        assertThat(load("newcomer", "llm.provider.newcomer.dialect", "google").dialect()).isEqualTo("google");
        assertThat(load("newcomers").dialect()).isEqualTo("openai");
    }

    @Test
    void everyPropertyIsMapped() {
        ProviderConfig config = load("mine", "llm.provider.mine.dialect", "anthropic",
                "llm.provider.mine.base-url", "https://example.com/a/", "llm.provider.mine.api-key", " secret ",
                "llm.provider.mine.api-key-header", "x-key", "llm.provider.mine.stream-usage", " never ",
                "llm.provider.mine.models", "a, b,,",
                "llm.provider.mine.connect-timeout", "PT1S", "llm.provider.mine.first-token-timeout", "PT2S",
                "llm.provider.mine.idle-timeout", "PT3S", "llm.provider.mine.total-timeout", "PT1H",
                "llm.provider.mine.max-concurrent-streams", "7", "llm.provider.mine.max-queued-requests", "0",
                "llm.provider.mine.queue-timeout", "PT4S", "llm.provider.mine.probe-interval", "PT5S");
        assertThat(config.dialect()).isEqualTo("anthropic");
        assertThat(config.baseUrl()).contains("https://example.com/a");
        assertThat(config.apiKey().reveal()).isEqualTo("secret");
        assertThat(config.apiKeyHeader()).isEqualTo("x-key");
        assertThat(config.streamUsage()).isEqualTo(StreamUsage.NEVER);
        assertThat(config.models()).containsExactly("a", "b");
        assertThat(config.deadlines()).isEqualTo(Deadlines.of(Duration.ofSeconds(1), Duration.ofSeconds(2),
                Duration.ofSeconds(3), Duration.ofHours(1)));
        assertThat(config.limits()).isEqualTo(new StreamLimits(7, 0, Duration.ofSeconds(4)));
        assertThat(config.probeInterval()).contains(Duration.ofSeconds(5));
        assertThat(config.usable()).isTrue();
        assertThat(ProviderConfig.KEYS).hasSize(15);
    }

    @ParameterizedTest
    @CsvSource({"openai, none, NONE", "openai, assistant, ASSISTANT", "openai, prefix, PREFIX",
        "openai, continue-final-message, CONTINUE_FINAL_MESSAGE", "anthropic, none, NONE", "google, assistant, ASSISTANT"})
    void prefillIsAWord(String dialect, String word, PrefillForm form) {
        ProviderConfig config = load("mine", "llm.provider.mine.dialect", dialect, "llm.provider.mine.prefill", word);
        assertThat(config.upstream("m").prefill()).contains(form);
        assertThat(load("mine").upstream("m").prefill()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            openai    | yes    | must be one of [none, assistant, continue-final-message, prefix], was 'yes'
            anthropic | prefix | must be none or assistant for the dialect anthropic, was 'prefix'
            google    | continue-final-message | must be none or assistant for the dialect google, was \
            'continue-final-message'
            """)
    void anUnknownPrefillIsRefused(String dialect, String word, String rule) {
        assertThatIllegalArgumentException().isThrownBy(() -> load("mine", "llm.provider.mine.dialect", dialect,
                "llm.provider.mine.prefill", word)).withMessage("llm.provider.mine.prefill " + rule);
    }

    @ParameterizedTest
    @CsvSource({"openai, OPENAI_API_KEY", "anthropic, ANTHROPIC_API_KEY", "google, GOOGLE_API_KEY",
            "google, GEMINI_API_KEY"})
    void vendorsKeysAreTakenWhereOursAreNotSet(String name, String variable) {
        assertThat(load(name, variable, "theirs").apiKey().reveal()).isEqualTo("theirs");
        assertThat(load(name, variable, "theirs", "llm.provider." + name + ".api-key", "ours").apiKey().reveal())
                .isEqualTo("ours");
        assertThat(load("mine", variable, "theirs").apiKey().isPresent()).isFalse();
    }

    @Test
    void blankVendorKeysAreNoKeys() {
        assertThat(load("google", "GOOGLE_API_KEY", " ", "GEMINI_API_KEY", "real").apiKey().reveal()).isEqualTo("real");
        assertThat(load("openai", "OPENAI_API_KEY", " ", "OPENAI_BASE_URL", " ").usable()).isFalse();
    }

    @Test
    void vendorsAddressIsTakenWhereOursIsNotSet() {
        assertThat(load("openai", "OPENAI_BASE_URL", "http://localhost:1/v1").baseUrl())
                .contains("http://localhost:1/v1");
        assertThat(load("openai", "OPENAI_BASE_URL", "http://a", "llm.provider.openai.base-url", "http://b").baseUrl())
                .contains("http://b");
    }

    @ParameterizedTest
    @CsvSource({"http://h/, http://h", "http://h/a/, http://h/a", "http://h/?v=1/, http://h?v=1/",
        "http://h/a?v=1, http://h/a?v=1", "http://h/a?v=b/, http://h/a?v=b/", "HTTPS://h/a/, HTTPS://h/a"})
    void theLastSlashOfThePathIsOurs(String configured, String taken) {
        assertThat(load("mine", "llm.provider.mine.base-url", configured).baseUrl()).contains(taken);
    }

    @Test
    void starTakesAnyModel() {
        assertThat(load("openai", "llm.provider.openai.models", "a, *").models()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "base-url | ftp://host | must be an http or https URL", "base-url | http:// | must be an http or https URL",
        "base-url | no url at all | must be an http or https URL",
        "api-key-header | x key | must be the name of a header", "api-key-header | Content-Length | must be the name of a header",
        "stream-usage | as_asked | must be one of [always, as-asked, never]",
        "models | , | must be a comma-separated list",
        "connect-timeout | 5 | must be an ISO-8601 duration", "first-token-timeout | PT0S | from PT0.001S to PT1H",
        "idle-timeout | PT1H1S | from PT0.001S to PT1H", "total-timeout | -PT1S | from PT0.001S to PT1H",
        "total-timeout | PT2562047788015215H | from PT0.001S to PT1H",
        "max-concurrent-streams | 0 | must be a whole number from 1",
        "max-concurrent-streams | 1e3 | must be a whole number",
        "max-concurrent-streams | 999999999 | must be a whole number from 1 to 99999999",
        "max-queued-requests | -1 | must be a whole number from 0 to 99999999",
        "max-queued-requests | many | must be a whole number from 0",
        "queue-timeout | 2 | must be an ISO-8601 duration", "queue-timeout | PT0S | from PT0.001S to PT1H",
        "probe-interval | PT0.9S | from PT1S to PT1H",
        "probe-interval | P1D | from PT1S to PT1H"})
    void badValuesAreNamedWithTheirRule(String key, String value, String rule) {
        assertThatIllegalArgumentException().isThrownBy(() -> load("mine", "llm.provider.mine." + key, value))
                .withMessageContaining("llm.provider.mine." + key + " ").withMessageContaining("was '" + value + "'")
                .withMessageContaining(rule);
    }

    @ParameterizedTest
    @DisplayName("what an address cannot have is refused at the start, and secrets in it are not shown")
    @CsvSource(delimiter = '|', textBlock = """
            https://user:s3cret@host/v1      | https://***@host/v1
            https://user:s3cret@my host/v1   | https://***@my host/v1
            ftp://host/v1?key=s3cret         | ftp://host/v1?***
            https://host/v1#s3cret           | https://host/v1?***
            """)
    void secretsInAnAddress(String url, String shown) {
        assertThatIllegalArgumentException().isThrownBy(() -> load("mine", "llm.provider.mine.base-url", url))
                .withMessageContaining("llm.provider.mine.base-url must be").withMessageEndingWith("was '" + shown + "'")
                .satisfies(refused -> assertThat(refused).hasNoCause());
    }

    @Test
    void badVendorAddressIsNamedByItsVariable() {
        assertThatIllegalArgumentException().isThrownBy(() -> load("openai", "OPENAI_BASE_URL", "localhost"))
                .withMessageContaining("OPENAI_BASE_URL must be").withMessageContaining("'localhost'");
    }

    @Test
    void anUnknownDialectIsNamedWithThoseThatAreKnown() {
        ProviderConfig config = load("mine", "llm.provider.mine.dialect", "klingon");
        assertThat(config.unknownDialect(List.of("a", "b")))
                .hasMessage("llm.provider.mine.dialect must be one of [a, b], was 'klingon'");
    }

    @Test
    void theShownAddressHasNoSecrets() {
        ProviderConfig config = load("mine");
        assertThat(config.shownBaseUrl("https://user:pass@host:1/a?key=secret")).isEqualTo("https://host:1/a");
        assertThat(config.toString()).doesNotContain("pass");
    }

    @Test
    void theKeyIsNotShown() {
        assertThat(load("mine", "llm.provider.mine.api-key", TestUpstream.KEY).toString())
                .doesNotContain(TestUpstream.KEY);
    }
}
