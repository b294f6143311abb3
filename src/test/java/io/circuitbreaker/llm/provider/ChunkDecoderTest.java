package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a reader is called, and what becomes of what it throws. */
class ChunkDecoderTest {

    private final AtomicInteger malformed = new AtomicInteger();
    private final StreamGuard guard = new StreamGuard("test", Deadlines.DEFAULTS, System::nanoTime, _ -> { });

    private ChunkDecoder decoder(ScriptedReader reader) {
        return new ChunkDecoder("test", reader, guard, UnaryOperator.identity(), malformed::incrementAndGet);
    }

    private static void feed(ChunkDecoder decoder, String... events) {
        for (String event : events) {
            decoder.feed(("data: " + event + "\n\n").getBytes(UTF_8));
        }
    }

    private static Failure failure(Runnable reading) {
        return catchThrowableOfType(UpstreamException.class, reading::run).failure();
    }

    private static List<StreamingChunk> rest(ChunkDecoder decoder) {
        List<StreamingChunk> chunks = new ArrayList<>();
        while (!decoder.isEmpty()) {
            chunks.add(decoder.poll());
        }
        return chunks;
    }

    // ---- the end

    static Stream<Consumer<ChunkDecoder>> ends() {
        return Stream.of(ChunkDecoder::end, ChunkDecoder::endOfBody, decoder -> decoder.whole("{}"));
    }

    @Test
    @DisplayName("What a reader cannot understand at its end is the provider's failure, and not ours")
    void malformedAtTheEnd() {
        ends().forEach(end -> {
            ChunkDecoder decoder = decoder(ScriptedReader.endingWith("malformed"));
            assertThat(failure(() -> end.accept(decoder))).isInstanceOf(Failure.Malformed.class)
                    .extracting(Failure::message).asString().contains("provider 'test'", "cannot be read");
            assertThat(decoder.ended()).isFalse();
        });
    }

    @Test
    void failedAtTheEnd() {
        ends().forEach(end -> {
            ChunkDecoder decoder = decoder(ScriptedReader.endingWith("early"));
            assertThat(failure(() -> end.accept(decoder))).isEqualTo(new Failure.ClosedEarly("closed early"));
        });
    }

    @Test
    void theEndComesOnce() {
        ScriptedReader reader = ScriptedReader.endingWell();
        ChunkDecoder decoder = decoder(reader);
        feed(decoder, "a");
        decoder.endOfBody();
        assertThat(reader.calls).containsExactly("read a", "end");
        assertThat(decoder.ended()).isTrue();
    }

    @Test
    @DisplayName("After its last word a reader is called no more, not even for the end")
    void nothingFollowsTheLastWord() {
        ScriptedReader reader = ScriptedReader.endingWith("malformed");
        ChunkDecoder decoder = decoder(reader);
        feed(decoder, "a", "done", "b");
        decoder.endOfBody();
        assertThat(reader.calls).containsExactly("read a", "read done");
    }

    @Test
    @DisplayName("The same where the last word comes without its blank line, or is all of a document")
    void nothingFollowsTheLastWordHoweverItComes() {
        ScriptedReader unterminated = ScriptedReader.endingWith("malformed");
        ChunkDecoder decoder = decoder(unterminated);
        decoder.feed("data: done\n".getBytes(UTF_8));
        decoder.endOfBody();
        assertThat(unterminated.calls).containsExactly("read done");
        assertThat(decoder.ended()).isTrue();

        ScriptedReader whole = ScriptedReader.endingWith("malformed");
        decoder(whole).whole("done");
        assertThat(whole.calls).containsExactly("readWhole done");
    }

    // ---- events that cannot be understood

    @Test
    void aMalformedEventIsSkippedAndCounted() {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWell());
        feed(decoder, "malformed", "malformed", "a", "malformed", "b");
        assertThat(malformed).hasValue(3);
        assertThat(rest(decoder)).hasSize(2);
    }

    @Test
    void oneThatCannotBeSkippedEndsTheAnswer() {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWell());
        assertThat(failure(() -> feed(decoder, "a", "broken"))).isEqualTo(new Failure.Malformed("cannot be skipped"));
        assertThat(malformed).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"malformed", "broken"})
    @DisplayName("T25: an answer that is cut within an event was cut, whatever is left of the event")
    void cutWithinAnEvent(String event) {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWith("early"));
        decoder.feed(("data: a\n\ndata: " + event).getBytes(UTF_8));
        assertThat(failure(decoder::endOfBody)).isInstanceOf(Failure.ClosedEarly.class);
    }

    @Test
    void anErrorInTheLastEventWinsOverTheEnd() {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWith("early"));
        decoder.feed("data: failed".getBytes(UTF_8));
        assertThat(failure(decoder::endOfBody)).isInstanceOf(Failure.ProviderFailed.class);
    }

    // ---- an answer that is ended by others

    @Test
    @DisplayName("T40: where we end an answer the usage that was held back is told, and nothing else")
    void usageIsToldBeforeWeEndAnAnswer() {
        for (String end : List.of("", "early", "malformed")) {
            ChunkDecoder decoder = decoder(ScriptedReader.endingWith(end));
            decoder.breakOff();
            assertThat(rest(decoder)).singleElement()
                    .satisfies(chunk -> assertThat(chunk.usage()).contains(ScriptedReader.HELD_BACK));
            assertThat(decoder.ended()).isFalse();
        }
    }

    @Test
    @DisplayName("T40: the same where too many events were malformed, or one was too large")
    void usageIsToldBeforeTheDecoderGivesUp() {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWith("early"));
        assertThat(failure(() -> feed(decoder, "malformed", "malformed", "malformed")))
                .isInstanceOf(Failure.Malformed.class);
        assertThat(rest(decoder)).singleElement()
                .satisfies(chunk -> assertThat(chunk.usage()).contains(ScriptedReader.HELD_BACK));
    }

    @Test
    void ofAnAnswerThatHasHadItsLastWordNothingIsHeldBack() {
        ScriptedReader reader = ScriptedReader.endingWell();
        ChunkDecoder decoder = decoder(reader);
        feed(decoder, "done");
        decoder.breakOff();
        assertThat(reader.calls).containsExactly("read done");
    }

    @Test
    void whatCannotBeToldIsNoReasonToFailOtherwise() {
        ChunkDecoder decoder = decoder(ScriptedReader.endingWith("malformed"));
        assertThat(catchThrowableOfType(LlmException.class, decoder::breakOff)).isNull();
    }
}
