package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Optional<Duration> asked(Map<String, String> headers) {
        return new ErrorResponse("p", 429, name -> headers.getOrDefault(name.toLowerCase(), ""), "", NOW).retryAfter();
    }

    private static Optional<Duration> asked(String retryAfter) {
        return asked(Map.of("retry-after", retryAfter));
    }

    @Test
    void noHeaderNoAnswer() {
        assertThat(asked(Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, PT0S", "1, PT1S", "20, PT20S", "' 20 ', PT20S", "1.5, PT1.5S", "0.25, PT0.25S", "86399, PT86399S"})
    void seconds(String value, Duration expected) {
        assertThat(asked(value)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, PT0S", "250, PT0.25S", "1500.7, PT1.5S"})
    void milliseconds(String value, Duration expected) {
        assertThat(asked(Map.of("retry-after-ms", value))).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, PT0S", "100, 30, PT0.1S", "100, garbage, PT0.1S", "garbage, 30, PT30S", "-1, 30, PT30S"})
    @DisplayName("Milliseconds are more exact and win, zero too, unless they make no sense")
    void millisecondsWin(String milliseconds, String seconds, Duration expected) {
        assertThat(asked(Map.of("retry-after-ms", milliseconds, "retry-after", seconds))).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Sun, 01 Mar 2026 12:00:30 GMT|PT30S", "Sun, 01 Mar 2026 13:00:00 GMT|PT1H",
            "Sun, 01 Mar 2026 12:00:00 GMT|PT0S", "Sun, 01 Mar 2026 11:59:00 GMT|PT0S",
            "Sun, 06 Nov 1994 08:49:37 GMT|PT0S"})
    @DisplayName("An HTTP date counts from now; one that has passed asks for no wait at all")
    void date(String value, Duration expected) {
        assertThat(asked(value)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "-1", "-0.5", "NaN", "Infinity", "1 s", "5s", "1d", "2f", "0x10p0", "1,5",
            "2026-03-01T12:00:30Z", "Mon, 01 Mar 2026 12:00:30 GMT", "Sun, 01 Mar 2026"})
    void whatIsNeitherNumberNorDateIsNoAnswer(String value) {
        assertThat(asked(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"86400", "1e30", "999999999999999999999999", "Mon, 02 Mar 2026 12:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT"})
    @DisplayName("A day or more is a quota, not a pause: nobody waits for it, so it is no answer")
    void hugeIsNoAnswer(String value) {
        assertThat(asked(value)).isEmpty();
    }
}
