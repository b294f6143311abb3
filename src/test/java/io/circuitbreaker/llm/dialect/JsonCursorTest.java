package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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

    @Test
    void readsWhatTheOracleReads() {
        for (long seed = 0; seed < DOCUMENTS; seed++) {
            String text = RandomJson.document(seed);
            assertThat(JsonWalk.of(text)).as("seed %d: %s", seed, text).isEqualTo(JsonText.parse(text));
        }
    }

    @Test
    void whiteSpaceAroundTheDocumentIsNothing() {
        assertThat(JsonWalk.of(" \t\r\n{ } \t\r\n")).isEqualTo(JsonValue.EMPTY_JSON_OBJECT);
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
}
