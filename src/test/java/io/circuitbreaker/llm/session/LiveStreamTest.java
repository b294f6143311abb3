package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveStreamTest extends ReadableStreamContract {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private long now = -7;
    private final List<Failure> cancelled = new ArrayList<>();

    private LiveStream stream(Duration grace, int limit) {
        StreamInfo info = new StreamInfo("req_1", StreamOwner.of(""), "m", Instant.EPOCH, Optional.empty());
        return new LiveStream(info, grace, limit, cancelled::add, () -> now);
    }

    @Override
    protected LiveStream openStream(int limit) {
        return stream(GRACE, limit);
    }

    @Override
    protected ReadableStream reader(LiveStream stream) {
        return stream;
    }

    private void assertCancelledAfter(Duration limit, LiveStream stream) {
        now += limit.toNanos() - 1;
        stream.cancelIfForsaken();
        assertThat(cancelled).isEmpty();
        now++;
        stream.cancelIfForsaken();
        assertThat(cancelled).hasSize(1);
    }

    @Test
    void nothingFollowsTheEnd() {
        LiveStream stream = stream(GRACE, 100);
        stream.end(StreamState.COMPLETE);
        assertThatIllegalStateException().isThrownBy(() -> stream.append("late")).withMessageContaining("req_1");
    }

    @Test
    void tellsOfEachEventAndOfTheEndOnce() {
        LiveStream stream = stream(GRACE, 100);
        List<StreamStatus> seen = new ArrayList<>();
        stream.onChange(() -> seen.add(stream.status()));
        stream.append("a");
        stream.append("b");
        stream.end(StreamState.COMPLETE);
        stream.end(StreamState.FAILED);
        assertThat(seen).containsExactly(new StreamStatus(StreamState.RUNNING, 1, 1, 0),
                new StreamStatus(StreamState.RUNNING, 1, 2, 0), new StreamStatus(StreamState.COMPLETE, 1, 2, 0));
    }

    @Test
    void withoutAReaderItIsCancelledAfterItsGrace() {
        LiveStream stream = stream(GRACE, 100);
        now += GRACE.toNanos() - 1;
        stream.cancelIfForsaken();
        assertThat(cancelled).isEmpty();
        now++;
        stream.cancelIfForsaken();
        assertThat(cancelled).singleElement().isInstanceOf(Failure.ClientGone.class);
    }

    @Test
    void aReaderKeepsItGoingAndTheGraceBeginsWhenTheLastOneLeaves() {
        LiveStream stream = stream(GRACE, 100);
        Reading first = stream.read();
        Reading second = stream.read();
        now += GRACE.toNanos() * 5;
        first.close();
        first.close();
        stream.cancelIfForsaken();
        assertThat(cancelled).isEmpty();
        second.close();
        assertCancelledAfter(GRACE, stream);
    }

    @Test
    void withNoGraceItIsCancelledWhenItsReaderLeaves() {
        LiveStream stream = stream(Duration.ZERO, 100);
        stream.read().close();
        assertThat(cancelled).hasSize(1);
    }

    @Test
    void withNoGraceItsFirstReaderHasTimeToCome() {
        LiveStream stream = stream(Duration.ZERO, 100);
        assertCancelledAfter(LiveStream.FIRST_READER, stream);
    }

    @Test
    void whatHasEndedIsNotCancelled() {
        LiveStream stream = stream(Duration.ZERO, 100);
        Reading reading = stream.read();
        stream.end(StreamState.COMPLETE);
        reading.close();
        assertThat(cancelled).isEmpty();
    }
}
