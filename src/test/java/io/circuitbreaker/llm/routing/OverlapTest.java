package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.AnswerSoFar;
import io.circuitbreaker.llm.chat.Prefill;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** T19: neither a lost nor a doubled word where two answers meet. */
class OverlapTest {

    private static final String STORY = "The lighthouse keeper counted ships by their lanterns. On the ninth night there"
            + " were none, and he wrote that down too:\n\n```java\nint ships = 0;\n\nreturn ships;\n```\n\n| ship | light |\n"
            + "|---|---|\n| Anna | green |\n\nToward morning a bell rang — thrice, then not again. \"Who is there?\" he"
            + " asked. 海の向こうから、だれも答えなかった。 He had had enough, and he had his coffee 🙂.";

    private static String joined(String delivered, String next, Prefill way) {
        return delivered + next.substring(new Overlap("", delivered, way).in(next));
    }

    /** Fed piece by piece. */
    private static String joined(String delivered, List<String> pieces, Prefill way) {
        Seam seam = new Seam(new Overlap("", delivered, way));
        StringBuilder all = new StringBuilder(delivered);
        pieces.forEach(piece -> all.append(seam.add(piece)));
        return all.append(seam.rest()).toString();
    }

    static IntStream cuts() {
        return IntStream.range(9, STORY.length());
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @DisplayName("T19: wherever an answer is cut, its plain continuation loses nothing")
    void aPlainContinuationIsWhole(int cut) {
        String delivered = STORY.substring(0, cut);
        assertThat(joined(delivered, STORY.substring(cut), Prefill.EXACT)).isEqualTo(STORY);
        assertThat(joined(delivered, STORY.substring(cut), Prefill.NONE)).isEqualTo(STORY);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @DisplayName("T19: white space that was taken off for the model is neither lost nor doubled")
    void trimmedSpaceIsThereOnce(int cut) {
        String delivered = STORY.substring(0, cut);
        String next = STORY.substring(AnswerSoFar.trimmed(delivered).length());
        assertThat(joined(delivered, next, Prefill.TRIMMED)).isEqualTo(STORY);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @DisplayName("T19: who begins anew repeats nothing to the client")
    void aNewBeginningIsLeftOut(int cut) {
        for (Prefill way : Prefill.values()) {
            assertThat(joined(STORY.substring(0, cut), STORY, way)).isEqualTo(STORY);
        }
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @DisplayName("T19: who repeats the end repeats nothing to the client, if it is long enough not to be chance")
    void aRepeatedEndIsLeftOut(int cut) {
        for (Prefill way : Prefill.values()) {
            int least = way == Prefill.NONE ? Overlap.LEAST_INSTRUCTED : Overlap.LEAST_BY_ITSELF;
            for (int length = least; length <= cut; length++) {
                assertThat(joined(STORY.substring(0, cut), STORY.substring(cut - length), way)).isEqualTo(STORY);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, quoteCharacter = '^', textBlock = """
            he had| had enough|he had had enough
            over and over| and over again|over and over and over again
            Hello,| world|Hello, world
            to be or not| to be|to be or not to be
            No. | No, no|No. No, no
            The brown|brown fox|The brown fox
            The brown|fox|The brownfox
            Hel|Hello you|Hello you
            the quick brown fo|fox jumps|the quick brown fox jumps
            it is ban|ananas|it is banananas
            It costs 10|100|It costs 10100
            two |words|two words
            two | words|two words
            line\\n|\\nnext|line\\n\\nnext
            once more.|once more.|once more.
            Go on. Once more|Once more, Go|Go on. Once more, Go
            He had |had enough|He had had enough
            今日はとても良い|とても良い天気|今日はとても良い天気
            a, b, c, d, |a, b, c, d, e|a, b, c, d, e
            """)
    @DisplayName("T19: a model that was asked in words repeats words, and short chance is no repetition")
    void askedInWords(String delivered, String next, String whole) {
        assertThat(joined(delivered.translateEscapes(), next.translateEscapes(), Prefill.NONE))
                .isEqualTo(whole.translateEscapes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, quoteCharacter = '^', textBlock = """
            I like co|conuts|I like coconuts
            bon|bons|bonbons
            100|100|100100
            said the ma|mas|said the mamas
            a tall wall of bricks|bricks and mortar|a tall wall of bricksbricks and mortar
            two | words|two  words
            line\\n|\\nnext|line\\n\\nnext
            <td></td>\\n|<td></td>\\n</tr>|<td></td>\\n<td></td>\\n</tr>
            The answer is|The answer is 42|The answer is 42
            """)
    @DisplayName("T19: a model that goes on by itself is trusted, unless it begins anew or repeats much")
    void goingOnByItself(String delivered, String next, String whole) {
        assertThat(joined(("Well then.\n" + delivered).translateEscapes(), next.translateEscapes(), Prefill.EXACT))
                .isEqualTo(delivered.startsWith("The answer") ? ("Well then.\n" + delivered + next).translateEscapes()
                        : ("Well then.\n" + whole).translateEscapes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, quoteCharacter = '^', textBlock = """
            Hello |world|Hello world
            Hello | world|Hello world
            Hello |\\n\\nworld|Hello \\n\\nworld
            a:\\n\\n|\\n\\n- b|a:\\n\\n- b
            a:\\n\\n|\\n- b|a:\\n\\n- b
            a:\\n\\n|- b|a:\\n\\n- b
            if x:\\n    |\\n        y|if x:\\n        y
            if x:\\n        |\\n    y|if x:\\n        \\n    y
            some words, many words, and more: |many words, and more: x|some words, many words, and more: many words, and more: x
            Tell me more, please. |Tell me more, please.\\nNow|Tell me more, please. \\nNow
            """)
    void trimmedForTheModel(String delivered, String next, String whole) {
        assertThat(joined(delivered.translateEscapes(), next.translateEscapes(), Prefill.TRIMMED))
                .isEqualTo(whole.translateEscapes());
    }

    @ParameterizedTest
    @EnumSource(Prefill.class)
    @DisplayName("T19: what repeats itself goes on repeating itself: dashes, tables, refrains, laughter")
    void repetitionThatIsMeantStays(Prefill way) {
        String refrain = "And the band played on and on until the morning came.\n";
        for (String unit : List.of("-", "---|", "| a | b |\n", "ha ", refrain)) {
            String delivered = "So:\n" + unit.repeat(60);
            String next = unit.repeat(40) + "end";
            assertThat(joined(delivered, next, way)).as(unit).endsWith("end")
                    .contains(AnswerSoFar.trimmed(unit.repeat(99)));
        }
    }

    @Test
    void theClientsOwnBeginningMayBeEchoedToo() {
        Overlap overlap = new Overlap("```json\n{\"a\":", " 1, \"b\"", Prefill.EXACT);
        assertThat("```json\n{\"a\": 1, \"b\": 2".substring(overlap.in("```json\n{\"a\": 1, \"b\": 2"))).isEqualTo(": 2");
    }

    @Test
    @DisplayName("T19: however the text is cut into pieces, the same is left out")
    void piecesMakeNoDifference() {
        Random random = new Random(7);
        for (int run = 0; run < 20_000; run++) {
            String delivered = words(random, 1 + random.nextInt(30));
            String next = (random.nextBoolean() ? delivered.substring(random.nextInt(delivered.length())) : "")
                    + words(random, random.nextInt(20));
            Prefill way = Prefill.values()[random.nextInt(3)];
            assertThat(joined(delivered, pieces(random, next), way)).as("%s|%s", delivered, next)
                    .isEqualTo(joined(delivered, next, way));
        }
    }

    @Test
    @DisplayName("T19: nothing but a repetition is ever left out")
    void onlyWhatWasSaidIsLeftOut() {
        Random random = new Random(8);
        for (int run = 0; run < 20_000; run++) {
            String delivered = words(random, 1 + random.nextInt(30));
            String next = words(random, random.nextInt(20));
            for (Prefill way : Prefill.values()) {
                String out = next.substring(0, new Overlap("", delivered, way).in(next));
                assertThat(AnswerSoFar.trimmed(delivered).endsWith(AnswerSoFar.trimmed(out)) || delivered.endsWith(out))
                        .as("%s|%s", delivered, next).isTrue();
            }
        }
    }

    @Test
    @Timeout(20)
    @DisplayName("T45: a whole long answer said again is compared in time that grows with its length only")
    void aLongAnswerIsComparedPieceByPiece() {
        Random random = new Random(9);
        String delivered = words(random, 100_000);
        Seam seam = new Seam(new Overlap("", delivered, Prefill.NONE));
        StringBuilder out = new StringBuilder();
        pieces(random, delivered + "end").forEach(piece -> out.append(seam.add(piece)));
        assertThat(out.append(seam.rest())).hasToString("end");
    }

    @Test
    @DisplayName("T47: looking at an answer holds back a window of it, as long as it may be a repetition, and then nothing")
    void whatIsHeldBackIsBounded() {
        Random random = new Random(47);
        for (int i = 0; i < 1000; i++) {
            String delivered = words(random, 1 + random.nextInt(20));
            Seam seam = new Seam(new Overlap("", delivered, Prefill.NONE));
            StringBuilder held = new StringBuilder();
            boolean decided = false;
            for (String piece : pieces(random, words(random, 40) + "end")) {
                String out = seam.add(piece);
                held.append(piece);
                if (decided) {
                    assertThat(out).as("at once").isEqualTo(piece);
                }
                decided |= !out.isEmpty() || held.length() > delivered.length();
            }
            assertThat(decided).isTrue();
            assertThat(seam.rest()).isEmpty();
        }
    }

    /** Few words, so that much is there by chance. */
    private static String words(Random random, int count) {
        String[] some = {"the", " ", "a", "\n", "had", " had", "🙂", "ab", "c", ". ", "言"};
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(some[random.nextInt(some.length)]);
        }
        return words.toString();
    }

    private static List<String> pieces(Random random, String text) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + random.nextInt(5));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
