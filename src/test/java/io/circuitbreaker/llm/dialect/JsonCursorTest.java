package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The platform's own parser is the oracle: what it reads the cursor reads the same, what it refuses the cursor refuses.
 */
class JsonCursorTest {

    private static final int DOCUMENTS = 2000;

    /** Reads a whole document, value by value, and puts it together again. */
    private record Walk(String text, JsonCursor cursor) {

        static JsonValue of(String text) {
            Walk walk = new Walk(text, new JsonCursor(text));
            JsonValue value = walk.value();
            walk.cursor.end();
            return value;
        }

        private JsonValue value() {
            return switch (cursor.peek()) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> JsonText.JSON.createValue(cursor.string());
                default -> scalar(cursor.raw());
            };
        }

        private JsonValue object() {
            JsonObjectBuilder object = JsonText.JSON.createObjectBuilder();
            cursor.enterObject();
            while (cursor.nextMember()) {
                object.add(name(), value());
            }
            return object.build();
        }

        private JsonValue array() {
            JsonArrayBuilder array = JsonText.JSON.createArrayBuilder();
            cursor.enterArray();
            while (cursor.nextElement()) {
                array.add(value());
            }
            return array.build();
        }

        /** The cursor only compares names; their text is where it says. */
        private String name() {
            return new JsonCursor(text.substring(cursor.keyPosition())).string();
        }

        private static JsonValue scalar(String raw) {
            return switch (raw) {
                case "null" -> JsonValue.NULL;
                case "true" -> JsonValue.TRUE;
                case "false" -> JsonValue.FALSE;
                default -> JsonText.JSON.createValue(new BigDecimal(raw));
            };
        }
    }

    @Test
    void readsWhatTheOracleReads() {
        for (long seed = 0; seed < DOCUMENTS; seed++) {
            String text = RandomJson.document(seed);
            assertThat(Walk.of(text)).as("seed %d: %s", seed, text).isEqualTo(JsonText.parse(text));
        }
    }

    @Test
    void whiteSpaceAroundTheDocumentIsNothing() {
        assertThat(Walk.of(" \t\r\n{ } \t\r\n")).isEqualTo(JsonValue.EMPTY_JSON_OBJECT);
    }

    @Test
    @DisplayName("A skipped value and the same value as raw text end at the same place as one that is walked")
    void skipAndRawEndWhereAWalkEnds() {
        for (long seed = 0; seed < DOCUMENTS; seed++) {
            String text = RandomJson.document(seed);
            JsonCursor skipping = new JsonCursor(" [ " + text + " , 1 ] ");
            JsonCursor raw = new JsonCursor(" [ " + text + " , 1 ] ");
            assertThat(secondElement(skipping, JsonCursor::skip)).as("seed %d: %s", seed, text).isEqualTo(1);
            assertThat(secondElement(raw, cursor -> assertThat(cursor.raw()).isEqualTo(text))).isEqualTo(1);
        }
    }

    private static long secondElement(JsonCursor cursor, Consumer<JsonCursor> first) {
        cursor.enterArray();
        assertThat(cursor.nextElement()).isTrue();
        first.accept(cursor);
        assertThat(cursor.nextElement()).isTrue();
        long second = cursor.integer();
        assertThat(cursor.nextElement()).isFalse();
        cursor.end();
        return second;
    }

    @Nested
    class Members {

        @ParameterizedTest
        @ValueSource(strings = {"{\"id\":\"i\",\"model\":\"m\",\"n\":3}", "{\"n\":3,\"id\":\"i\",\"model\":\"m\"}",
                "{\"model\":\"m\",\"x\":{\"id\":\"no\",\"n\":[4]},\"n\":3,\"id\":\"i\"}",
                "{\"idx\":\"no\",\"i\":\"no\",\"\":\"no\",\"ID\":\"no\",\"id\":\"i\",\"n\":3,\"model\":\"m\"}"})
        @DisplayName("are found by name in any order, and only where the name is the whole one")
        void areFoundInAnyOrder(String text) {
            JsonCursor cursor = new JsonCursor(text);
            List<String> found = new ArrayList<>();
            cursor.enterObject();
            while (cursor.nextMember()) {
                if (cursor.keyIs("id") || cursor.keyIs("model")) {
                    found.add(cursor.string());
                } else if (cursor.keyIs("n")) {
                    found.add(String.valueOf(cursor.integer()));
                } else {
                    cursor.skip();
                }
            }
            cursor.end();

            assertThat(found).containsExactlyInAnyOrder("i", "m", "3");
        }

        @Test
        void nestedObjectsAndArraysComeBackToTheOuterOne() {
            JsonCursor cursor = new JsonCursor("{\"a\":[{},{\"b\":[]}],\"c\":2}");
            cursor.enterObject();
            cursor.nextMember();
            cursor.enterArray();
            while (cursor.nextElement()) {
                cursor.enterObject();
                while (cursor.nextMember()) {
                    cursor.enterArray();
                    assertThat(cursor.nextElement()).isFalse();
                }
            }

            assertThat(cursor.nextMember()).isTrue();
            assertThat(cursor.keyIs("c")).isTrue();
            assertThat(cursor.integer()).isEqualTo(2);
            assertThat(cursor.nextMember()).isFalse();
        }

        @Test
        @DisplayName("tell where they stand, so that text can be taken over around them")
        void tellWhereTheyStand() {
            String text = "{ \"a\" : 1 , \"b\" : \"x\" }";
            JsonCursor cursor = new JsonCursor(text);
            cursor.enterObject();
            cursor.nextMember();
            cursor.skip();
            cursor.nextMember();

            assertThat(text.substring(cursor.keyPosition())).isEqualTo("\"b\" : \"x\" }");
            cursor.skip();
            assertThat(text.substring(cursor.position())).isEqualTo(" }");
        }
    }

    @Nested
    class Values {

        @ParameterizedTest
        @CsvSource(delimiter = '|', value = {"null|0", "0|0", "-0|0", "42|42", "-7|-7",
                "9223372036854775807|9223372036854775807", "1.0|1", "2.9|2", "1e3|1000", "1E3|1000", "1.5e1|15"})
        void integer(String json, long expected) {
            assertThat(new JsonCursor(json).integer()).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"1\"", "true", "{}", "[1.0]", "99999999999999999999", "0x1p3", "1d", "NaN",
                "--1", "+1"})
        void integerRefusesWhatIsNone(String json) {
            assertThatThrownBy(() -> {
                JsonCursor cursor = new JsonCursor(json);
                cursor.integer();
                cursor.end();
            }).isInstanceOf(MalformedChunkException.class);
        }

        @Test
        void nullIsAnEmptyString() {
            assertThat(new JsonCursor("null").string()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"1", "true", "{}", "[]", "nul", "nulll"})
        void stringRefusesWhatIsNone(String json) {
            assertThatThrownBy(() -> {
                JsonCursor cursor = new JsonCursor(json);
                cursor.string();
                cursor.end();
            }).isInstanceOf(MalformedChunkException.class);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {"null|true", "\"\"|false", "\"null\"|false",
                "0|false", "{\"a\":null}|false"})
        void skipNullConsumesAndTells(String json, boolean isNull) {
            JsonCursor cursor = new JsonCursor(json);
            assertThat(cursor.skipNull()).isEqualTo(isNull);
            cursor.end();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {"null|false", "\"\"|false", "\" \"|true",
                "\"\\n\"|true", "12345|false", "[\"a\"]|false"})
        void skipNonEmptyStringConsumesAndTells(String json, boolean nonEmpty) {
            JsonCursor cursor = new JsonCursor(" " + json);
            assertThat(cursor.skipNonEmptyString()).isEqualTo(nonEmpty);
            cursor.end();
        }

        @Test
        @DisplayName("A line end inside a string is let pass: servers that forget the escape exist, and a check costs")
        void controlCharactersInStringsPass() {
            assertThat(new JsonCursor("\"a\nb\"").string()).isEqualTo("a\nb");
        }

        @Test
        void deepNestingIsSkippedWithoutRecursion() {
            int depth = 1_000_000;
            JsonCursor cursor = new JsonCursor("[".repeat(depth) + "]".repeat(depth));
            cursor.skip();
            cursor.end();
        }
    }

    @Nested
    class MalformedText {

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
                assertThat(Walk.of(text)).as("seed %d: %s", seed, text).isEqualTo(expected.get());
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
                Walk.of(text);
                return Optional.empty();
            } catch (MalformedChunkException e) {
                return Optional.of(e);
            }
        }
    }
}
