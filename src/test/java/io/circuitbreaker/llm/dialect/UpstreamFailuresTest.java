package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamFailuresTest {

    private static final Optional<Duration> WAIT = Optional.of(Duration.ofSeconds(7));

    @ParameterizedTest
    @CsvSource({"400, InvalidRequest", "405, InvalidRequest", "406, InvalidRequest",
            "409, ProviderFailed", "415, InvalidRequest", "422, InvalidRequest", "401, ProviderAuth", "402, QuotaExhausted",
            "403, PermissionDenied", "404, NotFound", "413, TooLarge", "425, RateLimited", "429, RateLimited",
            "408, ProviderFailed", "504, ProviderFailed", "503, Overloaded", "529, Overloaded", "500, ProviderFailed",
            "502, ProviderFailed", "520, ProviderFailed", "418, ProviderFailed",
            "302, ProviderFailed", "0, ProviderFailed"})
    void statusSaysWhatItMeans(int status, String kind) {
        assertThat(UpstreamFailures.byStatus("p", status, "", WAIT).getClass().getSimpleName()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 502, 503, 504, 529})
    void pauseIsHandedOnWhereARetryCanHelp(int status) {
        assertThat(UpstreamFailures.byStatus("p", status, "", WAIT).retryAfter()).isEqualTo(WAIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 403, 404, 413, 422})
    void pauseIsDroppedWhereItCannot(int status) {
        assertThat(UpstreamFailures.byStatus("p", status, "", WAIT).retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 403, 404, 413, 429, 500, 503})
    void messageNamesTheProviderTheStatusAndItsWords(int status) {
        assertThat(UpstreamFailures.byStatus("acme", status, " no such tool \n", Optional.empty()).message())
                .isEqualTo("provider 'acme' answered " + status + ": no such tool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n"})
    void withoutWordsTheStatusIsAll(String words) {
        assertThat(UpstreamFailures.said("acme", 500, words)).isEqualTo("provider 'acme' answered 500");
    }

    @Test
    void insideAStreamThereIsNoStatus() {
        assertThat(UpstreamFailures.said("acme", 0, "overloaded")).isEqualTo("provider 'acme' failed: overloaded");
    }

    @Test
    @DisplayName("A refused key is named by where it is configured, never by the words that may quote it")
    void refusedKeyIsNotQuoted() {
        Failure failure = UpstreamFailures.byStatus("acme", 401, "Incorrect API key provided: sk-secret", WAIT);

        assertThat(failure.message()).doesNotContain("sk-secret")
                .contains("'acme'", "401", "llm.provider.acme.api-key");
    }

    @Test
    void longWordsAreCut() {
        String said = UpstreamFailures.said("acme", 500, "x".repeat(1_000_000));

        assertThat(said).hasSizeLessThan(2100).endsWith("x…");
    }

    @Test
    @DisplayName("The cut does not leave half a character: strict clients refuse a body with a lone surrogate")
    void cutKeepsCharactersWhole() {
        for (int shift = 0; shift < 2; shift++) {
            String said = UpstreamFailures.said("acme", 500, "x".repeat(shift) + "🚀".repeat(2000));

            assertThat(said).endsWith("🚀…");
        }
    }

    @Test
    void blankBulkAroundWordsDoesNotHideThem() {
        assertThat(UpstreamFailures.said("acme", 500, "\n".repeat(3000) + "overloaded"))
                .isEqualTo("provider 'acme' answered 500: overloaded");
    }
}
