package io.circuitbreaker.llm.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.sse.SseTranscript.Cut;
import io.circuitbreaker.llm.testing.RecordedStream;
import jakarta.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public conformance cases: byte streams of web-platform-tests and others with the events that they must give. */
class SseGrammarTest {

    record Case(String name, byte[] input, List<SseEvent> events, OptionalLong retry) {

        static Case of(JsonObject json) {
            List<SseEvent> events = json.getJsonArray("expected").getValuesAs(JsonObject.class).stream()
                    .map(event -> new SseEvent(event.getString("type"), event.getString("data"),
                            event.getString("lastEventId"))).toList();
            OptionalLong retry = json.containsKey("retry")
                    ? OptionalLong.of(json.getJsonNumber("retry").longValueExact()) : OptionalLong.empty();
            return new Case(json.getString("name"), Base64.getDecoder().decode(json.getString("input_base64")), events,
                    retry);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return JsonText.parse(RecordedStream.text("sse-grammar.json")).asJsonArray().getValuesAs(JsonObject.class)
                .stream().map(Case::of);
    }

    @Test
    void noCaseIsLost() {
        assertThat(cases().map(Case::name)).hasSize(48).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wholeBody(Case grammar) {
        assertGives(grammar, SseTranscript.of(grammar.input, Cut.none()), "whole");
    }

    @ParameterizedTest
    @MethodSource("cases")
    @DisplayName("T33: byte by byte")
    void byteByByte(Case grammar) {
        assertGives(grammar, SseTranscript.of(grammar.input, Cut.every(1)), "byte by byte");
    }

    @ParameterizedTest
    @MethodSource("cases")
    @DisplayName("T33: cut in two, at every position")
    void cutInTwoAtEveryPosition(Case grammar) {
        for (int position = 0; position <= grammar.input.length; position++) {
            assertGives(grammar, SseTranscript.of(grammar.input, Cut.at(position)), "cut at " + position);
        }
    }

    private static void assertGives(Case grammar, SseTranscript transcript, String how) {
        assertThat(transcript.events()).as("%s, %s", grammar, how).isEqualTo(grammar.events);
        assertThat(transcript.retry()).as("retry of %s, %s", grammar, how).isEqualTo(grammar.retry);
    }
}
