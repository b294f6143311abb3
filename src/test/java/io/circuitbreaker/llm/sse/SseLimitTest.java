package io.circuitbreaker.llm.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.sse.SseTranscript.Cut;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("T35: the limit")
class SseLimitTest {

    private static final int LIMIT = 1000;

    @ParameterizedTest
    @ValueSource(ints = {0, -5})
    void mustBePositive(int limit) {
        assertThatThrownBy(() -> new SseParser(event -> { }, limit)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the limit of an event must be > 0 bytes, was " + limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "data: ", ":", "\uFEFF"})
    @DisplayName("An endless line is cut off with the piece that exceeds the limit, whatever it begins with")
    void endlessLine(String start) {
        SseParser parser = new SseParser(event -> { }, LIMIT);
        feed(parser, start);

        int fed = start.getBytes(UTF_8).length + feedUntilTooLarge(parser, "x".repeat(300));

        assertThat(fed).isBetween(LIMIT + 1, LIMIT + 300);
    }

    @Test
    void endlessLineInOnePiece() {
        SseParser parser = new SseParser(event -> { }, LIMIT);

        assertThatThrownBy(() -> feed(parser, "x".repeat(50 * LIMIT)))
                .isInstanceOf(SseTooLargeException.class)
                .hasMessage("an event exceeded the limit of 1000 bytes, read 50000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: some words\n", "data\n", "data:\r\n", "event: e\r", "id: 1\n", "{ \"a\": 1,\n"})
    @DisplayName("An event of endless lines is cut off when its fields, line ends not counted, exceed the limit")
    void endlessLines(String line) {
        int counted = line.strip().length();
        SseParser parser = new SseParser(event -> { }, LIMIT);

        int fed = feedUntilTooLarge(parser, line);

        assertThat(fed / line.length()).isEqualTo(LIMIT / counted + 1);
    }

    @Test
    void messageNamesTheLimitAndWhatWasRead() {
        byte[] body = ("data: " + "x".repeat(600) + "\ndata: " + "x".repeat(600) + "\n\n").getBytes(UTF_8);

        assertThatThrownBy(() -> SseTranscript.of(body, Cut.none(), LIMIT))
                .isInstanceOf(SseTooLargeException.class)
                .hasMessage("an event exceeded the limit of 1000 bytes, read 1212");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uFEFF", "event: e\n", ": comment\n"})
    @DisplayName("T33: an event as large as the limit passes and one byte more does not, for every cut")
    void sameForEveryCut(String start) {
        int counted = start.startsWith(":") ? 0 : start.strip().getBytes(UTF_8).length;
        String largest = start + "data: " + "x".repeat(LIMIT - counted - 6);
        byte[] allowed = (largest + "\n\n").getBytes(UTF_8);
        byte[] tooLarge = (largest + "x\n\n").getBytes(UTF_8);
        for (int position = 0; position <= allowed.length; position++) {
            Cut cut = Cut.at(position);
            Cut same = Cut.at(position);
            assertThat(SseTranscript.of(allowed, cut, LIMIT).events()).as("cut at %d", position).hasSize(1);
            assertThatThrownBy(() -> SseTranscript.of(tooLarge, same, LIMIT)).as("cut at %d", position)
                    .isInstanceOf(SseTooLargeException.class);
        }
    }

    @Test
    void holdsForOneEventNotForTheStream() {
        byte[] body = ("data: " + "x".repeat(900) + "\n\n").repeat(50).getBytes(UTF_8);

        assertThat(SseTranscript.of(body, Cut.every(77), LIMIT).events()).hasSize(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1 << 20})
    @DisplayName("Comments do not count: a provider may send any number of them while it works on one event")
    void commentsDoNotCount(int pieceInBytes) {
        String comment = ":" + " keep-alive".repeat(40) + "\n";
        byte[] body = ("data: " + "x".repeat(900) + "\n" + comment.repeat(100) + "data: y\n\n").getBytes(UTF_8);

        assertThat(SseTranscript.of(body, Cut.every(pieceInBytes), LIMIT).data())
                .containsExactly("x".repeat(900) + "\ny");
    }

    /** Returns how many bytes it took. */
    private static int feedUntilTooLarge(SseParser parser, String piece) {
        int[] fed = {0};
        SseTooLargeException tooLarge = catchThrowableOfType(SseTooLargeException.class, () -> {
            while (fed[0] < 100 * LIMIT) {
                fed[0] += piece.length();
                feed(parser, piece);
            }
        });
        assertThat(tooLarge).hasMessageStartingWith("an event exceeded the limit of 1000 bytes, read 1");
        return fed[0];
    }

    private static void feed(SseParser parser, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        parser.feed(bytes, 0, bytes.length);
    }
}
