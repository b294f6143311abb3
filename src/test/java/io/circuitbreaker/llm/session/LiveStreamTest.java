package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LiveStreamTest {

    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(20);

    private long now = -7;
    private final List<Failure> cancelled = new ArrayList<>();

    private LiveStream stream(Duration grace, int limit) {
        StreamInfo info = new StreamInfo("req_1", StreamOwner.of(""), "m", Instant.EPOCH, Optional.empty());
        return new LiveStream(info, grace, limit, cancelled::add, () -> now);
    }

    private static Page now(LiveStream stream, long after) throws InterruptedException {
        return stream.after(after, Duration.ZERO);
    }

    @Test
    @DisplayName("T51: events are numbered from 1, and who comes back with a number gets what follows it")
    void goesOnAfterAnyNumber() throws InterruptedException {
        LiveStream stream = stream(GRACE, 100);
        assertThat(stream.append("a")).isEqualTo(1);
        assertThat(stream.append("b")).isEqualTo(2);
        assertThat(now(stream, 0)).isEqualTo(new Page.Events(1, List.of("a", "b"), false));
        assertThat(now(stream, 1)).isEqualTo(new Page.Events(2, List.of("b"), false));
        assertThat(now(stream, 2)).isEqualTo(new Page.Silence());
    }

    @Test
    void theLastPageSaysSoAlsoWhereItIsEmpty() throws InterruptedException {
        LiveStream stream = stream(GRACE, 100);
        stream.append("a");
        stream.end(StreamState.COMPLETE);
        stream.end(StreamState.FAILED);
        assertThat(now(stream, 0)).isEqualTo(new Page.Events(1, List.of("a"), true));
        assertThat(now(stream, 1)).isEqualTo(new Page.Events(2, List.of(), true));
        assertThat(stream.status()).isEqualTo(new StreamStatus(StreamState.COMPLETE, 1, 1, 0));
        assertThatIllegalStateException().isThrownBy(() -> stream.append("late")).withMessageContaining("req_1");
    }

    @Test
    @DisplayName("T50: a number that is not kept any more, or that never was, is said and not ignored")
    void aCursorOutsideIsTold() throws InterruptedException {
        LiveStream stream = stream(GRACE, 3);
        for (String data : List.of("aa", "bb", "c")) {
            stream.append(data);
        }
        assertThat(now(stream, 0)).isEqualTo(new Page.Gone(2));
        assertThat(now(stream, 1)).isEqualTo(new Page.Events(2, List.of("bb", "c"), false));
        assertThat(now(stream, 4)).isEqualTo(new Page.Ahead(3));
        assertThat(now(stream, -1)).isEqualTo(new Page.Ahead(3));
    }

    @Test
    void theNewestIsKeptWhateverItsSize() throws InterruptedException {
        LiveStream stream = stream(GRACE, 3);
        stream.append("a");
        stream.append("larger than all that may be kept");
        assertThat(now(stream, 1)).isEqualTo(new Page.Events(2, List.of("larger than all that may be kept"), false));
    }

    @Test
    void manyEventsComeInPages() throws InterruptedException {
        LiveStream stream = stream(GRACE, 10_000);
        for (int i = 1; i <= 1000; i++) {
            stream.append("e" + i);
        }
        stream.end(StreamState.COMPLETE);
        List<String> read = new ArrayList<>();
        long at = 0;
        boolean last = false;
        while (!last) {
            Page.Events page = (Page.Events) now(stream, at);
            read.addAll(page.data());
            at = page.lastId();
            last = page.last();
        }
        assertThat(read).hasSize(1000).startsWith("e1", "e2").endsWith("e1000").doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("Several readers follow one stream, each sees all of it")
    void severalReaders() throws Exception {
        LiveStream stream = stream(GRACE, 100_000);
        List<FutureTask<List<String>>> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            FutureTask<List<String>> reader = new FutureTask<>(() -> all(stream));
            readers.add(reader);
            Thread.ofVirtual().start(reader);
        }
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            written.add("e" + i);
            stream.append("e" + i);
        }
        stream.end(StreamState.COMPLETE);
        for (FutureTask<List<String>> reader : readers) {
            assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(written);
        }
    }

    private static List<String> all(LiveStream stream) throws InterruptedException {
        List<String> all = new ArrayList<>();
        long at = 0;
        while (true) {
            Page.Events page = (Page.Events) stream.after(at, LONG);
            all.addAll(page.data());
            at = page.lastId();
            if (page.last()) {
                return all;
            }
        }
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
        now += GRACE.toNanos() - 1;
        stream.cancelIfForsaken();
        assertThat(cancelled).isEmpty();
        now++;
        stream.cancelIfForsaken();
        assertThat(cancelled).hasSize(1);
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
        now += LiveStream.FIRST_READER.toNanos() - 1;
        stream.cancelIfForsaken();
        assertThat(cancelled).isEmpty();
        now++;
        stream.cancelIfForsaken();
        assertThat(cancelled).hasSize(1);
    }

    @Test
    void whatHasEndedIsNotCancelled() {
        LiveStream stream = stream(Duration.ZERO, 100);
        Reading reading = stream.read();
        stream.end(StreamState.COMPLETE);
        reading.close();
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aReaderThatWaitsIsWokenByTheEnd() throws Exception {
        LiveStream stream = stream(GRACE, 100);
        CountDownLatch reading = new CountDownLatch(1);
        FutureTask<Page> reader = new FutureTask<>(() -> {
            reading.countDown();
            return stream.after(0, LONG);
        });
        Thread.ofVirtual().start(reader);
        reading.await();
        stream.end(StreamState.CANCELLED);
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(new Page.Events(1, List.of(), true));
    }
}
