package io.circuitbreaker.llm.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.sse.SseTranscript.Cut;
import io.circuitbreaker.llm.sse.SseTranscript.Retry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {

    private static final int LIMIT = 1000;

    private static SseTranscript parse(String body) {
        return SseTranscript.of(body.getBytes(UTF_8), Cut.none());
    }

    @Test
    @DisplayName("An event comes with the piece that completes it, not with the next one")
    void eventComesAtOnce() {
        List<SseEvent> events = new ArrayList<>();
        SseParser parser = new SseParser(events::add);

        feed(parser, "data: a\r\n");
        assertThat(events).isEmpty();
        feed(parser, "\r");

        assertThat(events).containsExactly(new SseEvent("message", "a", ""));
    }

    @Test
    @DisplayName("T33: a CR that ends one piece and the LF that begins the next are one line end")
    void lineEndCutInTwo() {
        assertThat(SseTranscript.of("data: a\r\ndata: b\r\n\r\n".getBytes(UTF_8), Cut.at(8)).data())
                .containsExactly("a\nb");
    }

    @Test
    void propertiesAreResetBetweenEventsButTheIdStays() {
        assertThat(parse("event: e\nid: 7\ndata: a\n\ndata: b\n\n").events())
                .containsExactly(new SseEvent("e", "a", "7"), new SseEvent("message", "b", "7"));
    }

    @Test
    void typeOfABlockWithoutDataDoesNotReachTheNextEvent() {
        assertThat(parse("event: ping\n\ndata: a\n\n").events()).containsExactly(new SseEvent("message", "a", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Data: x", "DATA: x", " data: x", "datax: x", "dat: x", "data : x", "error: {\"code\":400}",
            "{", "  \"error\": {", "<html>"})
    @DisplayName("A line with an unknown field name makes no event, but the listener sees it whole")
    void unknownFieldReachesTheListener(String line) {
        SseTranscript transcript = parse(line + "\n\n");

        assertThat(transcript.events()).isEmpty();
        assertThat(transcript.ignored()).containsExactly(line);
    }

    @Test
    void commentsAndKnownFieldsAreNotIgnoredLines() {
        String body = ": ping\n:\nevent: e\nid: 1\nretry: 1\nretry: soon\nid: a\0b\ndata: d\n\n";

        assertThat(parse(body).ignored()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "3000, 3000", "03000, 3000", "999999999999999999, 999999999999999999"})
    void retryIsHandedOver(String value, long milliseconds) {
        assertThat(parse("retry: " + value + "\n").found()).containsExactly(new Retry(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "+1", "1.5", "1 ", "٣", "9999999999999999999999"})
    void retryThatIsNoUsableNumberIsNot(String value) {
        assertThat(parse("retry: " + value + "\n").found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"61FF62, a�b", "80, �", "C328, �(", "C080, ��", "E28261, �a", "F09F98, �", "F09F9861, �a",
            "EDA080, �", "F4908080, ����", "F8888080, ����"})
    @DisplayName("T34: what is not UTF-8 becomes U+FFFD, for every cut")
    void invalidBytesAreReplaced(String hex, String expected) {
        // As many as the encoding standard says, but for an encoded surrogate (ED A0 80): three there, one in the JDK.
        byte[] body = concat("data:".getBytes(UTF_8), HexFormat.of().parseHex(hex), "\n\n".getBytes(UTF_8));
        for (int position = 0; position <= body.length; position++) {
            assertThat(SseTranscript.of(body, Cut.at(position)).data()).as("cut at %d", position)
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 8192, 64 * 1024, 6 * 1024 * 1024})
    @DisplayName("T35: an event of 5 MB on one line passes")
    void hugeLinePasses(int pieceInBytes) {
        String data = "0123456789".repeat(500_000);

        SseTranscript transcript = SseTranscript.of(("data: " + data + "\n\ndata: next\n\n").getBytes(UTF_8),
                Cut.every(pieceInBytes));

        // Not containsExactly: a failure would print it all.
        assertThat(transcript.data().equals(List.of(data, "next"))).isTrue();
    }

    @Test
    @DisplayName("T35: an event of 5 MB on many lines passes")
    void hugeEventOfManyLinesPasses() {
        SseTranscript transcript = SseTranscript.of(("data: 0123456789\n".repeat(500_000) + "\n").getBytes(UTF_8),
                Cut.every(8192));

        assertThat(transcript.data().equals(List.of(("0123456789\n".repeat(500_000)).stripTrailing()))).isTrue();
    }

    private static void feed(SseParser parser, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        parser.feed(bytes, 0, bytes.length);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Nested
    @DisplayName("At the end of the stream")
    class Unfinished {

        @ParameterizedTest
        @ValueSource(strings = {"", "\n", "data: a\n\n", ": comment", ": comment\n", "event: e\n", "event: e", "id: 1",
                "dat", "\uFEFF"})
        void nothingIsLeft(String body) {
            assertThat(parse(body).unfinished()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"data: [DONE]", "data: [DONE]\n", "data: [DONE]\r", "data: [DONE]\r\n",
                "data: a\n\ndata: [DONE]", "\uFEFFdata: [DONE]"})
        void blockWithoutItsBlankLineIsLeft(String body) {
            assertThat(parse(body).unfinished()).contains(new SseEvent("message", "[DONE]", ""));
        }

        @Test
        void itHasItsOwnTypeAndIdAndAllItsData() {
            assertThat(parse("id: 1\ndata: x\n\nevent: e\nid: 2\ndata: a\ndata: b").unfinished())
                    .contains(new SseEvent("e", "a\nb", "2"));
        }

        @Test
        void itNeverReachesTheListener() {
            assertThat(parse("data: a\n\ndata: b\n").data()).containsExactly("a");
        }

        @Test
        @DisplayName("An ignored line without its line end reaches the listener: it may close an unframed error")
        void lastIgnoredLineReachesTheListener() {
            assertThat(parse("data: a\n\n{\n\"error\": {}\n}").ignored()).containsExactly("{", "\"error\": {}", "}");
        }

        @Test
        void askedTwiceItAnswersTheSame() {
            List<SseEvent> events = new ArrayList<>();
            SseParser parser = new SseParser(events::add);
            feed(parser, "data: a\ndata: b");

            assertThat(parser.unfinished()).contains(new SseEvent("message", "a\nb", ""));
            assertThat(parser.unfinished()).contains(new SseEvent("message", "a\nb", ""));
            assertThat(events).isEmpty();
        }
    }
}
