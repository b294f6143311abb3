package io.circuitbreaker.llm.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonException;
import jakarta.json.JsonString;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    private static final String[] PIECES = {"a", "b c", "", "\"", "\\", "/", "\n", "\r", "\t", "\b", "\f", "\0",
            "\u001F", "\u007F", "\u0085", "ä", "€", "\u2028", "\u2029", "\uFEFF", "\uFFFF", "🚀", "👩‍💻", "\uD83D",
            "\uDE80"};

    private static String read(String json) {
        return ((JsonString) JsonText.parse(json)).getString();
    }

    @Test
    @DisplayName("Any string survives quoting, the wire's UTF-8 and the platform's parser")
    void quotedStringsAreReadBackTheSame() {
        for (long seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder value = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                value.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String overTheWire = new String(JsonText.quote(value.toString()).getBytes(UTF_8), UTF_8);
            assertThat(read(overTheWire)).as("seed %d", seed).isEqualTo(value.toString());
        }
    }

    @Test
    @DisplayName("Every single character survives, and the result is one line of printable text")
    void everyCharacter() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String value = String.valueOf((char) c);
            String quoted = JsonText.quote(value);
            assertThat(read(new String(quoted.getBytes(UTF_8), UTF_8))).as("U+%04X", c).isEqualTo(value);
            assertThat(quoted.chars()).as("U+%04X", c).allMatch(written -> written >= ' ');
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"plain, \"plain\"", "``, \"\"", "`say \"hi\"`, `\"say \\\"hi\\\"\"`",
            "a/b, \"a/b\"", "C:\\, \"C:\\\\\"", "ä€🚀, \"ä€🚀\""})
    void onlyWhatMustBeIsEscaped(String value, String quoted) {
        assertThat(JsonText.quote(value)).isEqualTo(quoted);
    }

    @Test
    void loneSurrogatesBecomeEscapes() {
        assertThat(JsonText.quote("\uD83D")).isEqualTo("\"\\ud83d\"");
        assertThat(JsonText.quote("\uDE80\uD83D")).isEqualTo("\"\\ude80\\ud83d\"");
        assertThat(JsonText.quote("\uD83D\uD83D\uDE80x")).isEqualTo("\"\\ud83d\uD83D\uDE80x\"");
    }

    @Test
    void quotingAppends() {
        assertThat(JsonText.quote(new StringBuilder("{\"a\":"), "b").append('}')).hasToString("{\"a\":\"b\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[]", "\"a\"", "1", "null", "{}}", "{} x", "{}{}", "{\"a\":1", "nothing"})
    void parseObjectTakesOneObjectOnly(String text) {
        assertThatThrownBy(() -> JsonText.parseObject(text)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "1 2", "[] []", "\"a\"x", "nul"})
    void parseTakesOneValueOnly(String text) {
        assertThatThrownBy(() -> JsonText.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void whiteSpaceAroundAnObjectIsNothing() {
        assertThat(JsonText.parseObject(" \r\n{\"a\":1}\r\n ").getInt("a")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1e99999999999}", "{\"a\":1e-99999999999}"})
    @DisplayName("A number beyond all arithmetic is the sender's mistake like any other, not a fault of ours")
    void absurdNumbersAreRefused(String text) {
        assertThatThrownBy(() -> JsonText.parseObject(text)).isInstanceOf(JsonException.class);
    }

    @Test
    @DisplayName("So is nesting that would cost the stack")
    void absurdNestingIsRefused() {
        String text = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatThrownBy(() -> JsonText.parseObject(text)).isInstanceOf(JsonException.class);
    }

    @Test
    @DisplayName("Text that a client has cut within an emoji goes over the wire as it is, and nothing else is touched")
    void halfAPairGoesAsAnEscape() {
        String half = "\uD83D";
        String other = "\uDE80";
        for (String text : new String[] {"", "plain", "\u20AC \uD83D\uDE80", half, other, other + half, "a" + half, half + "b",
            half + half + other, "\uD83D\uDE80" + half + "\u00E9" + other}) {
            String json = "\"" + text + "\"";
            assertThat(read(new String(JsonText.utf8(json), UTF_8))).isEqualTo(text);
        }
        assertThat(JsonText.utf8("\"\u20AC\"")).isEqualTo("\"\u20AC\"".getBytes(UTF_8));
    }
}
