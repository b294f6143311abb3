package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonException;
import jakarta.json.JsonValue;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The platform's own parser is the oracle: what it reads the cursor reads the same, what it refuses the cursor refuses.
 */
class MalformedJsonTest {

    private static final int DOCUMENTS = 2000;

    private static final Pattern HUGE_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{4}");

    @Test
    @DisplayName("A document cut short at any position is refused, walked or skipped")
    void truncatedAnywhere() {
        for (long seed = 0; seed < DOCUMENTS; seed++) {
            String whole = RandomJson.document(seed);
            for (int length = 0; length < whole.length(); length++) {
                String text = whole.substring(0, length);
                assertThat(failure(text)).as("seed %d, first %d: %s", seed, length, text).isPresent();
                assertThatThrownBy(() -> new JsonCursor(text).skip()).isInstanceOf(MalformedChunkException.class);
            }
        }
    }

    @Test
    @DisplayName("A document with a few wrong characters is refused or read just as by the oracle")
    void damagedAnywhere() {
        String alphabet = "{}[]\",:\\/ 0123456789+-.eEtrufalsnxd\u0660ä";
        for (long seed = 0; seed < 20 * DOCUMENTS; seed++) {
            Random random = new Random(seed);
            // Line ends as white space could come to lie in a string, where the cursor lets them pass.
            StringBuilder text = new StringBuilder(RandomJson.document(seed).replaceAll("[\r\n\t]", " "));
            for (int i = random.nextInt(3); i >= 0 && !text.isEmpty(); i--) {
                int at = random.nextInt(text.length());
                String wrong = String.valueOf(alphabet.charAt(random.nextInt(alphabet.length())));
                text.replace(at, at + random.nextInt(2), random.nextInt(3) == 0 ? "" : wrong);
            }
            // A lost comma can make an exponent that is right but beyond the oracle's arithmetic.
            if (!HUGE_EXPONENT.matcher(text).find()) {
                assertSameAsOracle(text.toString(), seed);
            }
        }
    }

    private static void assertSameAsOracle(String text, long seed) {
        Optional<JsonValue> expected = Optional.empty();
        try {
            expected = Optional.of(JsonText.parse(text));
        } catch (JsonException refused) {
            // So must the cursor.
        }
        if (expected.isPresent()) {
            assertThat(JsonWalk.of(text)).as("seed %d: %s", seed, text).isEqualTo(expected.get());
        } else {
            assertThat(failure(text)).as("seed %d: %s", seed, text).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "{", "}", "]", ",", ":", "\"", "{]", "[}", "{,}", "[,]", "[1,]", "[,1]",
            "[1 2]", "[1,,2]", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 \"b\":2}",
            "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\"::1}", "[1]]", "{}}", "{}{}", "[] []", "{} x", "{}\0",
            "{}\u00A0", "\uFEFF{}", "[tru]", "[trueish]", "[True]", "[nul]", "[nullnull]", "[undefined]", "[NaN]",
            "[Infinity]", "[-]", "[+1]", "[.5]", "[1.]", "[1.e1]", "[1e]", "[1e+]", "[01]", "[-01]", "[1a]",
            "[0x10]", "[1.2.3]", "[1-2]", "[1\"x\"]", "[1[]]", "[--1]", "[\u0661]", "[\"\\x\"]", "[\"\\u12\"]",
            "[\"\\u12\",\"\"]", "[\"\\u12g4\"]", "[\"\\u+041\"]", "[\"\\u-041\"]",
            "[\"\\u\uFF10\uFF10\uFF14\uFF11\"]",
            "[\"\\\"]", "[\"a]", "<html>", "[DONE]"})
    void isRefused(String text) {
        assertThat(failure(text)).as(text).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[01]", "[1a]", "[-]", "[1.]", "[1e]", "[trueish]", "[1 2]"})
    @DisplayName("A scalar is looked at even where it is skipped: raw text is passed on to clients")
    void skippedScalarsAreRefused(String text) {
        JsonCursor cursor = new JsonCursor(text);
        cursor.enterArray();
        assertThatThrownBy(() -> {
            while (cursor.nextElement()) {
                cursor.skip();
            }
        }).isInstanceOf(MalformedChunkException.class);
    }

    @Test
    void messageHasThePositionAndNothingOfTheContent() {
        assertThat(failure("{\"prompt\":\"secret\" \"x\":1}")).hasValueSatisfying(
                e -> assertThat(e).hasMessage("expected ',' at position 19 of 25"));
    }

    /** Anything but the one exception is a fault of the cursor and fails the test. */
    private static Optional<MalformedChunkException> failure(String text) {
        try {
            JsonWalk.of(text);
            return Optional.empty();
        } catch (MalformedChunkException e) {
            return Optional.of(e);
        }
    }
}
