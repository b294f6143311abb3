package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ChunkReader;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.sse.SseEvent;
import io.circuitbreaker.llm.sse.SseParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ChunkDecoderFailuresTest {

    private static final Deadlines DEADLINES = new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(10),
            Duration.ofSeconds(4), Duration.ofSeconds(60), Duration.ofSeconds(3), Duration.ofSeconds(2));

    /** Does what an event says; one that it does not know is a token. */
    private static final class Reader implements ChunkReader {

        private boolean done;
        private boolean finished;

        @Override
        public StreamHead head() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void read(SseEvent event, Consumer<? super StreamingChunk> chunks) {
            readWhole(event.data(), chunks);
        }

        @Override
        public void readWhole(String json, Consumer<? super StreamingChunk> chunks) {
            switch (json) {
                case "malformed" -> throw new MalformedChunkException("expected more");
                case "error" -> throw new LlmException(new Failure.Overloaded("your key is k", Optional.empty()));
                case "finish" -> finished = true;
                case "done" -> done = true;
                case "ping" -> chunks.accept(StreamingChunk.of(Delta.EMPTY));
                default -> chunks.accept(StreamingChunk.of(Delta.content(json)));
            }
        }

        @Override
        public boolean done() {
            return done;
        }

        @Override
        public boolean finished() {
            return finished;
        }

        @Override
        public void end(Consumer<? super StreamingChunk> chunks) {
            if (!finished && !done) {
                throw new LlmException(new Failure.ClosedEarly("your key is k"));
            }
            chunks.accept(StreamingChunk.of(Delta.content("held back")));
        }
    }

    private final Reader reader = new Reader();
    private final AtomicInteger malformed = new AtomicInteger();
    private long now;
    private final StreamGuard guard = new StreamGuard("p", DEADLINES, () -> now, _ -> { });
    private final ChunkDecoder decoder = new ChunkDecoder("p", reader, guard,
            failure -> failure.withMessage(failure.message().replace("k", "*")), malformed::incrementAndGet);

    private void feed(String... events) {
        for (String event : events) {
            decoder.feed(("data: " + event + "\n\n").getBytes(UTF_8));
        }
    }

    private static Failure failure(Runnable step) {
        Throwable thrown = catchThrowable(step::run);
        // What the circuit breaker counts.
        assertThat(thrown).isExactlyInstanceOf(UpstreamException.class);
        return ((LlmException) thrown).failure();
    }

    private List<String> taken() {
        List<String> texts = new ArrayList<>();
        for (StreamingChunk chunk = decoder.poll(); chunk != null; chunk = decoder.poll()) {
            texts.add(chunk.choices().getFirst().delta().content());
        }
        assertThat(decoder.isEmpty()).isTrue();
        return texts;
    }

    // ---- malformed chunks

    @Test
    void malformedChunksAreSkippedAndCounted() {
        feed("a", "malformed", "malformed", "b", "malformed", "malformed", "c");
        assertThat(taken()).containsExactly("a", "b", "c");
        assertThat(malformed).hasValue(4);
    }

    @Test
    void severalInARowEndTheAnswerAfterWhatWasSaid() {
        feed("a", "malformed", "malformed");
        assertThat(failure(() -> feed("malformed"))).isEqualTo(
                new Failure.Malformed("provider 'p' sent 3 malformed chun*s in a row"));
        assertThat(malformed).hasValue(ChunkDecoder.MALFORMED_IN_A_ROW);
        assertThat(taken()).containsExactly("a");
    }

    @Test
    @DisplayName("T31: an event that the end cuts off is no event, and no malformed chunk either")
    void cutOff() {
        feed("a", "finish");
        decoder.feed("data: malformed".getBytes(UTF_8));
        decoder.endOfBody();
        assertThat(taken()).containsExactly("a", "held back");
        assertThat(malformed).hasValue(0);
    }

    @Test
    void aDocumentThatIsNotOfTheProtocolFails() {
        assertThat(failure(() -> decoder.whole("malformed"))).isInstanceOf(Failure.Malformed.class)
                .extracting(Failure::message).asString().contains("'p'", "expected more");
        assertThat(decoder.ended()).isFalse();
    }

    // ---- limits

    @Test
    @DisplayName("An event beyond the parser's limit fails and names it; what was said before it is kept")
    void tooLarge() {
        feed("a");
        decoder.feed("data: ".getBytes(UTF_8));
        byte[] piece = "x".repeat(SseParser.DEFAULT_LIMIT_IN_BYTES / 4).getBytes(UTF_8);
        for (int i = 0; i < 3; i++) {
            decoder.feed(piece);
        }
        assertThat(failure(() -> decoder.feed(piece))).isInstanceOf(Failure.Malformed.class)
                .extracting(Failure::message).asString().contains("'p'", "limit of 16777216 bytes");
        assertThat(taken()).containsExactly("a");
    }

    // ---- ends

    @Test
    @DisplayName("T25: an end before the finish is early; T44: what the provider says of it is scrubbed")
    void closedEarly() {
        feed("a");
        assertThat(failure(decoder::endOfBody)).isEqualTo(new Failure.ClosedEarly("your *ey is *"));
        assertThat(decoder.ended()).isFalse();
        assertThat(taken()).containsExactly("a");
    }

    @Test
    @DisplayName("T23: an error event fails after what was said before it")
    void errorEvent() {
        feed("a");
        assertThat(failure(() -> feed("error"))).isEqualTo(new Failure.Overloaded("your *ey is *", Optional.empty()));
        assertThat(taken()).containsExactly("a");
    }

    @Test
    @DisplayName("T31: an error in an event without its blank line is one, too")
    void errorInTheLastEvent() {
        decoder.feed("data: error".getBytes(UTF_8));
        assertThat(failure(decoder::endOfBody)).isInstanceOf(Failure.Overloaded.class);
    }

    @Test
    void afterTheLastWordNothingIsRead() {
        feed("a", "done");
        assertThat(decoder.ended()).isTrue();
        feed("b", "error", "malformed", "malformed", "malformed");
        decoder.endOfBody();
        assertThat(taken()).containsExactly("a");
        assertThat(malformed).hasValue(0);
    }

    @Test
    void aConnectionThatClosesAfterTheFinishHasClosedWell() {
        feed("a");
        assertThat(decoder.finished()).isFalse();
        feed("finish");
        assertThat(decoder.finished()).isTrue();
        assertThat(decoder.ended()).isFalse();
        decoder.endOfBody();
        assertThat(decoder.ended()).isTrue();
        assertThat(taken()).containsExactly("a", "held back");
    }

    // ---- deadlines

    private Duration untilDue() {
        return Duration.ofNanos(guard.due() - now);
    }

    @Test
    @DisplayName("T12: a token is progress, and nothing else is; the finish leaves a short time for what may follow")
    void progress() {
        now += Duration.ofSeconds(1).toNanos();
        feed("ping", "malformed");
        assertThat(decoder.anyoneSpoke()).isFalse();
        assertThat(untilDue()).isEqualTo(DEADLINES.firstToken().minusSeconds(1));
        feed("a");
        assertThat(decoder.anyoneSpoke()).isTrue();
        assertThat(untilDue()).isEqualTo(DEADLINES.idle());
        now += Duration.ofSeconds(2).toNanos();
        feed("ping");
        assertThat(untilDue()).isEqualTo(DEADLINES.idle().minusSeconds(2));
        feed("finish");
        assertThat(untilDue()).isEqualTo(DEADLINES.afterFinish());
    }
}
