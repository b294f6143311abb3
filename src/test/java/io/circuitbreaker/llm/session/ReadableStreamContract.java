package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What holds for who reads a stream, wherever the stream is made. */
public abstract class ReadableStreamContract {

    protected static final Duration LONG = Duration.ofSeconds(20);

    /** @param limit how much of it is kept, in characters */
    protected abstract LiveStream openStream(int limit);

    /** The same stream as its readers have it; returns when they can have all that there is of it. */
    protected abstract ReadableStream reader(LiveStream stream);

    private static Page now(ReadableStream stream, long after) throws InterruptedException {
        return stream.after(after, Duration.ZERO);
    }

    @Test
    @DisplayName("T51: events are numbered from 1, and who comes back with a number gets what follows it")
    void goesOnAfterAnyNumber() throws InterruptedException {
        LiveStream stream = openStream(100);
        assertThat(stream.append("a")).isEqualTo(1);
        assertThat(stream.append("{\"b\": \"\u00e9\ud83d\ude00\"}")).isEqualTo(2);
        ReadableStream reader = reader(stream);
        assertThat(now(reader, 0)).isEqualTo(new Page.Events(1, List.of("a", "{\"b\": \"\u00e9\ud83d\ude00\"}"), false));
        assertThat(now(reader, 1)).isEqualTo(new Page.Events(2, List.of("{\"b\": \"\u00e9\ud83d\ude00\"}"), false));
        assertThat(now(reader, 2)).isEqualTo(new Page.Silence());
        assertThat(reader.after(2, Duration.ofMillis(30))).isEqualTo(new Page.Silence());
    }

    @Test
    void theLastPageSaysSoAlsoWhereItIsEmpty() throws InterruptedException {
        LiveStream stream = openStream(100);
        stream.append("a");
        ReadableStream before = reader(stream);
        assertThat(now(before, 0)).isEqualTo(new Page.Events(1, List.of("a"), false));
        stream.end(StreamState.COMPLETE);
        stream.end(StreamState.FAILED);
        ReadableStream reader = reader(stream);
        assertThat(now(reader, 0)).isEqualTo(new Page.Events(1, List.of("a"), true));
        assertThat(now(reader, 1)).isEqualTo(new Page.Events(2, List.of(), true));
        assertThat(reader.status()).isEqualTo(new StreamStatus(StreamState.COMPLETE, 1, 1, 0));
    }

    @Test
    @DisplayName("T48: what is kept of a stream is whole only if it has ended well, and truthful at each replay")
    void aPartIsNotReplayedAsAWhole() throws InterruptedException {
        LiveStream stream = openStream(100);
        stream.append("a");
        stream.append("b");
        assertThat(now(reader(stream), 0)).isEqualTo(new Page.Events(1, List.of("a", "b"), false));
        stream.append("error");
        stream.end(StreamState.FAILED);
        for (int replay = 0; replay < 3; replay++) {
            ReadableStream reader = reader(stream);
            assertThat(all(reader)).containsExactly("a", "b", "error");
            assertThat(reader.status().state()).isEqualTo(StreamState.FAILED);
        }
    }

    @Test
    void aStreamMayEndWithoutAnEvent() throws InterruptedException {
        LiveStream stream = openStream(100);
        stream.end(StreamState.CANCELLED);
        ReadableStream reader = reader(stream);
        assertThat(now(reader, 0)).isEqualTo(new Page.Events(1, List.of(), true));
        assertThat(reader.status()).isEqualTo(new StreamStatus(StreamState.CANCELLED, 1, 0, 0));
    }

    @Test
    @DisplayName("T50: a number that is not kept any more, or that never was, is said and not ignored")
    void aCursorOutsideIsTold() throws InterruptedException {
        LiveStream stream = openStream(3);
        for (String data : List.of("aa", "bb", "c")) {
            stream.append(data);
        }
        ReadableStream reader = reader(stream);
        assertThat(now(reader, 0)).isEqualTo(new Page.Gone(2));
        assertThat(now(reader, 1)).isEqualTo(new Page.Events(2, List.of("bb", "c"), false));
        assertThat(reader.after(4, LONG)).isEqualTo(new Page.Ahead(3));
        assertThat(now(reader, -1)).isEqualTo(new Page.Ahead(3));
        stream.end(StreamState.COMPLETE);
        assertThat(now(reader(stream), 4)).isEqualTo(new Page.Ahead(3));
    }

    @Test
    void theNewestIsKeptWhateverItsSize() throws InterruptedException {
        LiveStream stream = openStream(3);
        stream.append("a");
        stream.append("larger than all that may be kept");
        assertThat(now(reader(stream), 1))
                .isEqualTo(new Page.Events(2, List.of("larger than all that may be kept"), false));
    }

    @Test
    void manyEventsComeInPages() throws InterruptedException {
        LiveStream stream = openStream(10_000);
        for (int i = 1; i <= 1000; i++) {
            stream.append("e" + i);
        }
        stream.end(StreamState.COMPLETE);
        assertThat(((Page.Events) now(reader(stream), 0)).data()).hasSizeLessThan(1000);
        assertThat(all(reader(stream))).hasSize(1000).startsWith("e1", "e2").endsWith("e1000").doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("Several readers follow one stream, each sees all of it")
    void severalReaders() throws Exception {
        LiveStream stream = openStream(100_000);
        List<FutureTask<List<String>>> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ReadableStream readable = reader(stream);
            FutureTask<List<String>> reader = new FutureTask<>(() -> all(readable));
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

    /** To the end. */
    protected static List<String> all(ReadableStream stream) throws InterruptedException {
        List<String> all = new ArrayList<>();
        long at = 0;
        while (true) {
            Page.Events page = (Page.Events) stream.after(at, LONG);
            assertThat(page.firstId()).isEqualTo(at + 1);
            all.addAll(page.data());
            at = page.lastId();
            if (page.last()) {
                return all;
            }
        }
    }

    @Test
    void aReaderThatWaitsIsWokenByTheEnd() throws Exception {
        LiveStream stream = openStream(100);
        ReadableStream readable = reader(stream);
        CountDownLatch reading = new CountDownLatch(1);
        FutureTask<Page> reader = new FutureTask<>(() -> {
            reading.countDown();
            return readable.after(0, LONG);
        });
        Thread.ofVirtual().start(reader);
        reading.await();
        stream.end(StreamState.CANCELLED);
        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(new Page.Events(1, List.of(), true));
    }
}
