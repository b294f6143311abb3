package io.circuitbreaker.llm.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.sse.SseTranscript.Cut;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The property that the parser exists for: how the bytes are cut never changes what comes out. Checked on generated
 * streams, for every line end and for characters of every length, against the whole body and an independent reading.
 */
class SseSplitTest {

    private static final int LINES = 60;

    enum LineEnd {
        LF("\n"), CR("\r"), CRLF("\r\n"), MIXED("\n", "\r", "\r\n");

        private final String[] forms;

        LineEnd(String... forms) {
            this.forms = forms;
        }

        String pick(RandomGenerator random) {
            return forms[random.nextInt(forms.length)];
        }
    }

    enum Text {
        ASCII("a", "{\"b\":1}", ":", " ", "[DONE]"),
        TWO_BYTES("ä", "ß", "é", "ю"),
        THREE_BYTES("€", "漢", "字", "\u2028", "\uFEFF"),
        FOUR_BYTES("🚀", "𝄞", "👩‍💻"),
        ALL("a", " ", "ä", "€", "🚀", "\uFEFF", "\0");

        private final String[] pieces;

        Text(String... pieces) {
            this.pieces = pieces;
        }

        String pick(RandomGenerator random, int length) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            return text.toString();
        }
    }

    record Body(LineEnd lineEnd, Text text, boolean mark, long seed, byte[] bytes) {

        static Body generate(LineEnd lineEnd, Text text, boolean mark) {
            long seed = lineEnd.ordinal() * 100L + text.ordinal() * 10L + (mark ? 1 : 0);
            Random random = new Random(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes((mark ? "\uFEFF" : "").getBytes(UTF_8));
            for (int i = 0; i < LINES; i++) {
                out.writeBytes((line(random, text) + lineEnd.pick(random)).getBytes(UTF_8));
            }
            out.writeBytes(text.pick(random, random.nextInt(3)).getBytes(UTF_8));
            return new Body(lineEnd, text, mark, seed, out.toByteArray());
        }

        private static String line(RandomGenerator random, Text text) {
            String words = text.pick(random, random.nextInt(8));
            return switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> "";
                case 4, 5, 6 -> "data: " + words;
                case 7 -> "data:" + words;
                case 8 -> "data";
                // Longer than the parser's first buffer.
                case 9 -> "data: " + text.pick(random, random.nextInt(400));
                case 10 -> "event: " + words;
                case 11 -> "id: " + words;
                case 12 -> ":" + words;
                case 13 -> "retry: " + random.nextInt(10_000);
                case 14 -> words + ": unknown";
                default -> words;
            };
        }

        @Override
        public String toString() {
            return lineEnd + ", " + text + (mark ? ", byte order mark" : "") + ", seed " + seed;
        }
    }

    static Stream<Body> bodies() {
        return Stream.of(LineEnd.values()).flatMap(lineEnd -> Stream.of(Text.values())
                .flatMap(text -> Stream.of(Body.generate(lineEnd, text, false), Body.generate(lineEnd, text, true))));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @DisplayName("A whole body gives the events that the standard's own words give")
    void wholeBodyAgreesWithTheReference(Body body) {
        assertThat(SseTranscript.of(body.bytes, Cut.none()).events()).isNotEmpty()
                .isEqualTo(SseReference.events(body.bytes));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @DisplayName("T33, T34: cut in two at every position, the same")
    void cutInTwoAtEveryPosition(Body body) {
        SseTranscript whole = SseTranscript.of(body.bytes, Cut.none());
        for (int position = 0; position <= body.bytes.length; position++) {
            assertThat(SseTranscript.of(body.bytes, Cut.at(position))).as("%s, cut at %d", body, position)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @DisplayName("T33, T34: in equal pieces of any size, the same")
    void equalPieces(Body body) {
        SseTranscript whole = SseTranscript.of(body.bytes, Cut.none());
        for (int size : new int[] {1, 2, 3, 4, 5, 7, 16, 64, 511, 512, 513, 4096}) {
            assertThat(SseTranscript.of(body.bytes, Cut.every(size))).as("%s, pieces of %d bytes", body, size)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @DisplayName("T33, T34: in random pieces, the same")
    void randomPieces(Body body) {
        SseTranscript whole = SseTranscript.of(body.bytes, Cut.none());
        for (long seed = 0; seed < 200; seed++) {
            int largest = 1 + (int) (seed % 50);
            assertThat(SseTranscript.of(body.bytes, Cut.random(new Random(seed), largest)))
                    .as("%s, pieces of up to %d bytes, cut with seed %d", body, largest, seed).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    @DisplayName("T34: broken UTF-8 too is the same for every cut")
    void damagedBodies(Body body) {
        byte[] damaged = damage(body.bytes, body.seed);
        SseTranscript whole = SseTranscript.of(damaged, Cut.none());
        for (int position = 0; position <= damaged.length; position++) {
            assertThat(SseTranscript.of(damaged, Cut.at(position))).as("damaged %s, cut at %d", body, position)
                    .isEqualTo(whole);
        }
        assertThat(whole.events()).isEqualTo(SseReference.events(damaged));
    }

    /** Takes out or replaces about one byte in twenty. */
    private static byte[] damage(byte[] bytes, long seed) {
        Random random = new Random(seed);
        byte[] damaged = new byte[bytes.length];
        int length = 0;
        for (byte b : bytes) {
            switch (random.nextInt(40)) {
                case 0 -> damaged[length++] = (byte) (0x80 + random.nextInt(0x80));
                case 1 -> {
                    // gone
                }
                default -> damaged[length++] = b;
            }
        }
        return Arrays.copyOf(damaged, length);
    }
}
