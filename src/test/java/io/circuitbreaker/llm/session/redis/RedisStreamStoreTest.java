package io.circuitbreaker.llm.session.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamStatus;
import io.circuitbreaker.llm.testing.Forwarder;
import io.circuitbreaker.llm.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisStreamStoreTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private RedisServer redis;
    private Forwarder way;
    /** Makes the streams, and may lose its way to Redis. */
    private TestNode maker;
    private TestNode other;

    @BeforeEach
    void start() {
        redis = RedisServer.startOrSkip();
        way = Forwarder.to(redis.port());
        maker = TestNode.connected(way.port(), 1000);
        other = TestNode.connected(redis.port());
    }

    @AfterEach
    void stop() {
        if (redis != null) {
            other.close();
            maker.close();
            way.close();
            redis.close();
        }
    }

    /** As far as a stream goes, with the error that ended it for this reader. */
    private static List<String> follow(ReadableStream stream, long after) throws InterruptedException {
        List<String> events = new ArrayList<>();
        long at = after;
        while (true) {
            Page.Events page = (Page.Events) stream.after(at, LONG);
            long id = page.firstId();
            for (String data : page.data()) {
                events.add(id++ + " " + data);
            }
            at = page.lastId();
            if (page.last()) {
                return events;
            }
        }
    }

    private static FutureTask<List<String>> following(ReadableStream stream) {
        FutureTask<List<String>> reader = new FutureTask<>(() -> follow(stream, 0));
        Thread.ofVirtual().start(reader);
        return reader;
    }

    private static List<String> got(FutureTask<List<String>> reader) throws Exception {
        return reader.get(20, TimeUnit.SECONDS);
    }

    @Test
    void anotherServerFindsItAsSoonAsItIsOpen() {
        LiveStream stream = maker.open();
        ReadableStream found = other.find(stream).orElseThrow();
        assertThat(found.info()).isEqualTo(stream.info());
        assertThat(found.status()).isEqualTo(new StreamStatus(StreamState.RUNNING, 1, 0, 0));
        assertThat(maker.find(stream)).containsSame(stream);
        assertThat(other.store().find("req_0")).isEmpty();
        assertThat(other.store().find("no id\r\nFLUSHALL")).isEmpty();
    }

    @Test
    @DisplayName("T51: when the server is gone, a reader elsewhere gets all that there was and then one truthful end")
    void theServerIsGone() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        stream.append("b");
        List<FutureTask<List<String>>> readers = new ArrayList<>();
        try (TestNode third = TestNode.connected(redis.port())) {
            for (int i = 0; i < 4; i++) {
                readers.add(following(other.reader(stream)));
                readers.add(following(third.reader(stream)));
            }
            way.cut();
            List<String> seen = got(readers.getFirst());
            assertThat(seen).hasSize(3).startsWith("1 a", "2 b");
            assertThat(seen.getLast()).startsWith("1002 Unavailable: the rest of stream " + stream.info().id()
                    + " is lost");
            for (FutureTask<List<String>> reader : readers) {
                assertThat(got(reader)).isEqualTo(seen);
            }
        }
        assertThat(redis.command("XLEN " + Keys.events(stream.info().id()))).as("3 events and the end").isEqualTo(":4");
        assertThat(other.find(stream).orElseThrow().status()).isEqualTo(new StreamStatus(StreamState.FAILED, 1, 1002, 0));
        assertThat(other.find(stream).orElseThrow().after(1002, Duration.ZERO))
                .isEqualTo(new Page.Events(1003, List.of(), true));
    }

    @Test
    @DisplayName("T51: who saw more on the server that is gone than it could pass on is told of the end too")
    void theReaderKnowsMore() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        ReadableStream follower = other.reader(stream);
        way.cut();
        maker.awaitReachable(false);
        stream.append("never arrives");
        assertThat(follow(follower, 2)).singleElement().asString().startsWith("1002 Unavailable: the rest of stream");
        assertThat(follow(follower, 1002)).as("it has been told").isEmpty();
        assertThat(follow(follower, 0)).hasSize(2).startsWith("1 a").last().asString().startsWith("1002 Unavailable: ");
        assertThat(follow(follower, 7)).singleElement().asString().startsWith("1002 Unavailable: ");
        assertThat(follow(follower, 5000)).singleElement().asString().startsWith("6000 Unavailable: ");
        assertThat(follow(follower, 6000)).isEmpty();
    }

    @Test
    void aStreamThatOthersHaveGivenUpEndsWhereItIsMade() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        FutureTask<List<String>> reader = following(other.reader(stream));
        way.cut();
        assertThat(got(reader)).hasSize(2);
        stream.append("b");
        way.mend();
        TestNode.await(() -> !maker.cancelled().isEmpty(), "it is cancelled");
        assertThat(maker.cancelled().getFirst()).isInstanceOf(Failure.Unavailable.class);
        TestNode.await(() -> maker.store().state().givenUp() == 1, "it is counted");
    }

    @Test
    void whileRedisIsAwayStreamsGoOnAndItCatchesUp() throws Exception {
        LiveStream stream = maker.open();
        stream.append("before");
        other.reader(stream);
        way.cut();
        maker.awaitReachable(false);
        LiveStream begunMeanwhile = maker.open();
        begunMeanwhile.append("x");
        stream.append("meanwhile");
        assertThat(stream.after(1, Duration.ZERO)).isEqualTo(new Page.Events(2, List.of("meanwhile"), false));
        way.mend();
        stream.append("after");
        stream.end(StreamState.COMPLETE);
        assertThat(follow(other.reader(stream), 0)).containsExactly("1 before", "2 meanwhile", "3 after");
        assertThat(other.reader(begunMeanwhile).after(0, LONG)).isEqualTo(new Page.Events(1, List.of("x"), false));
        assertThat(maker.store().state().givenUp()).isZero();
    }

    @Test
    @DisplayName("What left the buffer before Redis could take it is said to be missing, and no gap is passed over")
    void redisWasAwayTooLong() throws Exception {
        LiveStream stream = maker.open();
        stream.append("early");
        ReadableStream reader = other.reader(stream);
        way.cut();
        maker.awaitReachable(false);
        for (int i = 0; i < 1000; i++) {
            stream.append("ten chars!");
        }
        way.mend();
        stream.end(StreamState.COMPLETE);
        long oldest = stream.status().oldestEvent();
        assertThat(oldest).isGreaterThan(2);
        other.reader(stream);
        assertThat(reader.after(1, LONG)).isEqualTo(new Page.Gone(oldest));
        assertThat(follow(reader, oldest - 1)).hasSize((int) (1001 - oldest + 1)).endsWith("1001 ten chars!");
        // Counted when Redis has confirmed the end, which a reader may have seen before.
        TestNode.await(() -> maker.store().state().givenUp() == 1, "it was given up");
    }

    @Test
    @DisplayName("What waits for Redis has a bound; what is given up ends for its readers too")
    void tooMuchWaitsForRedis() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        FutureTask<List<String>> reader = following(other.reader(stream));
        way.cut();
        maker.awaitReachable(false);
        for (int i = 0; i < TestNode.STORE_SIZE / 900 + 1; i++) {
            LiveStream ended = maker.open();
            ended.append("x".repeat(900));
            ended.end(StreamState.COMPLETE);
        }
        stream.append("b");
        stream.end(StreamState.COMPLETE);
        TestNode.await(() -> maker.store().state().givenUp() > 0, "the oldest is given up");
        way.mend();
        assertThat(got(reader)).hasSize(2).startsWith("1 a").last().asString().startsWith("1001 Unavailable: the rest of");
    }

    @Test
    @DisplayName("A stream that Redis does not take harms no other, and has an end elsewhere though its server is alive")
    void redisDoesNotTakeAStream() throws Exception {
        LiveStream poisoned = maker.open();
        redis.command("SET " + Keys.events(poisoned.info().id()) + " x");
        poisoned.append("a");
        TestNode.await(() -> maker.store().state().givenUp() == 1, "it is given up");
        LiveStream stream = maker.open();
        stream.append("b");
        assertThat(other.reader(stream).status().newestEvent()).isEqualTo(1);
        redis.command("DEL " + Keys.events(poisoned.info().id()));
        assertThat(follow(other.find(poisoned).orElseThrow(), 0)).singleElement().asString()
                .startsWith("1000 Unavailable: the rest of stream");
        assertThat(poisoned.status().state()).isEqualTo(StreamState.RUNNING);
    }

    @Test
    void aRedisThatComesBackEmptyIsToldAnew() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        FutureTask<List<String>> reader = following(other.reader(stream));
        redis.kill();
        maker.awaitReachable(false);
        redis.start();
        maker.awaitReachable(true);
        stream.append("b");
        stream.end(StreamState.COMPLETE);
        assertThat(follow(other.reader(stream), 0)).containsExactly("1 a", "2 b");
        // The one that was there sees the rest, or is told that the stream was not there: it does not hang.
        try {
            assertThat(got(reader)).containsExactly("1 a", "2 b");
        } catch (java.util.concurrent.ExecutionException e) {
            assertThat(e).cause().isInstanceOf(LlmException.class);
        }
    }

    @Test
    void readersElsewhereCountAtTheServer() {
        LiveStream stream = maker.open();
        ReadableStream here = other.reader(stream);
        Reading first = here.read();
        Reading second = here.read();
        assertThat(here.status().readers()).isEqualTo(2);
        TestNode.await(() -> stream.status().readers() == 1, "the server knows");
        first.close();
        assertThat(here.status().readers()).isEqualTo(1);
        assertThat(stream.status().readers()).isEqualTo(1);
        second.close();
        TestNode.await(() -> stream.status().readers() == 0, "the server knows that they left");
    }

    @Test
    void cancelledElsewhereItEndsAtItsServer() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        ReadableStream here = other.reader(stream);
        here.cancel(new Failure.Cancelled("as a client wished"));
        assertThat(follow(here, 0)).containsExactly("1 a", "2 as a client wished");
        assertThat(maker.cancelled()).contains(new Failure.Cancelled("as a client wished"));
        assertThat(here.status().state()).isEqualTo(StreamState.CANCELLED);
    }

    @Test
    void aServerThatStopsEndsItsStreamsForReadersElsewhere() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        FutureTask<List<String>> reader = following(other.reader(stream));
        maker.close();
        assertThat(got(reader)).containsExactly("1 a", "2 the server is shutting down");
    }

    @Test
    @DisplayName("Redis may come later than the server: until then streams are kept as in memory, and it is said so")
    void redisIsNotThereAtTheStart() throws Exception {
        int port = RedisServer.freePort();
        try (TestNode early = new TestNode(port); RedisServer late = RedisServer.notStartedOrSkip(port)) {
            LiveStream stream = early.open();
            stream.append("a");
            assertThat(early.store().state().reachable()).isFalse();
            assertThat(early.find(stream)).containsSame(stream);
            assertThatExceptionOfType(LlmException.class).isThrownBy(() -> early.store().find("req_elsewhere"))
                    .satisfies(e -> assertThat(e.failure()).isInstanceOf(Failure.Unavailable.class));
            late.start();
            early.awaitReachable(true);
            try (TestNode second = TestNode.connected(port)) {
                assertThat(second.reader(stream).after(0, LONG)).isEqualTo(new Page.Events(1, List.of("a"), false));
            }
        }
    }

    @Test
    void aReaderIsToldWhenRedisStaysAway() {
        LiveStream stream = maker.open();
        ReadableStream here = other.reader(stream);
        redis.kill();
        assertThatExceptionOfType(LlmException.class).isThrownBy(() -> here.after(0, LONG))
                .satisfies(e -> assertThat(e.failure()).isInstanceOf(Failure.Unavailable.class));
        assertThatExceptionOfType(LlmException.class).isThrownBy(here::status);
        assertThatExceptionOfType(LlmException.class).isThrownBy(() -> here.cancel(new Failure.Cancelled("x")));
    }

    @Test
    void moreReadersThanConnectionsTakeTurns() throws Exception {
        try (TestNode narrow = new TestNode(redis.port(), 1000, 1)) {
            narrow.awaitReachable(true);
            LiveStream stream = maker.open();
            List<FutureTask<List<String>>> readers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                readers.add(following(narrow.reader(stream)));
            }
            for (int i = 0; i < 20; i++) {
                stream.append("e");
            }
            stream.end(StreamState.COMPLETE);
            for (FutureTask<List<String>> reader : readers) {
                assertThat(got(reader)).hasSize(20).startsWith("1 e").endsWith("20 e");
            }
        }
    }

    @Test
    void redisForgetsWhatNobodyRenews() {
        LiveStream stream = maker.open();
        stream.append("a");
        stream.end(StreamState.COMPLETE);
        other.reader(stream);
        for (String key : Keys.stream(stream.info().id())) {
            long millis = Long.parseLong(redis.command("PTTL " + key).substring(1));
            assertThat(millis).as(key).isBetween(1L, Duration.ofSeconds(30 + 300).toMillis());
        }
    }

    /** Redis as it is now, as far as a stream goes; brings that back when it is run. */
    private Runnable snapshot(LiveStream stream) {
        List<String> keys = Keys.stream(stream.info().id());
        keys.forEach(key -> redis.command("COPY " + key + " " + key + ":then"));
        return () -> keys.forEach(key -> redis.command("COPY " + key + ":then " + key + " REPLACE"));
    }

    @Test
    @DisplayName("A Redis that comes back a little behind, as from its disk or a replica, gets what it lost: no hole stays")
    void aRedisThatComesBackALittleBehindIsGivenTheRest() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        other.reader(stream);
        Runnable goBack = snapshot(stream);
        stream.append("b");
        stream.append("c");
        other.reader(stream);
        goBack.run();
        stream.append("d");
        stream.end(StreamState.COMPLETE);
        assertThat(follow(other.reader(stream), 0)).containsExactly("1 a", "2 b", "3 c", "4 d");
        assertThat(maker.store().state().givenUp()).isZero();
    }

    @Test
    void aRedisThatComesBackALittleBehindIsGivenTheRestBeforeTheEnd() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        other.reader(stream);
        Runnable goBack = snapshot(stream);
        stream.append("b");
        other.reader(stream);
        goBack.run();
        stream.end(StreamState.COMPLETE);
        assertThat(follow(other.reader(stream), 0)).containsExactly("1 a", "2 b");
        assertThat(maker.store().state().givenUp()).isZero();
    }

    @Test
    @DisplayName("What a Redis that comes back behind can have no more is said to be missing")
    void aRedisThatComesBackTooFarBehind() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        ReadableStream reader = other.reader(stream);
        Runnable goBack = snapshot(stream);
        for (int i = 0; i < 200; i++) {
            stream.append("ten chars!");
        }
        other.reader(stream);
        goBack.run();
        stream.append("ten chars!");
        stream.end(StreamState.COMPLETE);
        other.reader(stream);
        long oldest = stream.status().oldestEvent();
        assertThat(oldest).isGreaterThan(2);
        assertThat(reader.after(1, LONG)).isEqualTo(new Page.Gone(oldest));
        assertThat(follow(reader, oldest - 1)).hasSize((int) (202 - oldest + 1));
        TestNode.await(() -> maker.store().state().givenUp() == 1, "it is counted");
    }

    @Test
    @DisplayName("A stream whose server is killed at its beginning is forgotten too")
    void redisForgetsWhatHasJustBegun() {
        LiveStream stream = maker.open();
        // What is sent of this one comes after all that is sent of a stream without events.
        LiveStream next = maker.open();
        next.append("x");
        other.reader(next);
        stream.append("a");
        other.reader(stream);
        for (String key : Keys.stream(stream.info().id())) {
            long millis = Long.parseLong(redis.command("PTTL " + key).substring(1));
            assertThat(millis).as(key).isBetween(1L, Duration.ofSeconds(30 + 300).toMillis());
        }
    }

    @Test
    @DisplayName("Readers of a Redis that was restarted empty wait for the stream's server to tell it anew")
    void aReaderWaitsForWhatAnEmptyRedisIsToldAnew() throws Exception {
        LiveStream stream = maker.open();
        stream.append("a");
        other.reader(stream);
        try (TestNode patient = new TestNode(redis.port(), 1000, 64, TestNode.PATIENT)) {
            patient.awaitReachable(true);
            ReadableStream reader = patient.reader(stream);
            way.cut();
            redis.kill();
            redis.start();
            assertThat(reader.after(1, Duration.ofMillis(1))).isEqualTo(new Page.Silence());
            way.mend();
            stream.append("b");
            stream.end(StreamState.COMPLETE);
            assertThat(follow(reader, 1)).containsExactly("2 b");
        }
    }

    @Test
    void aReaderIsToldWhenNobodyTellsAnEmptyRedisAnew() {
        LiveStream stream = maker.open();
        stream.append("a");
        ReadableStream reader = other.reader(stream);
        way.cut();
        redis.kill();
        redis.start();
        assertThatExceptionOfType(LlmException.class).isThrownBy(() -> reader.after(1, LONG))
                .satisfies(e -> assertThat(e.failure()).isInstanceOf(Failure.Expired.class));
    }

    @ParameterizedTest
    @CsvSource({"CONFIG SET maxmemory 1, CONFIG SET maxmemory 0", "REPLICAOF 127.0.0.1 1, REPLICAOF NO ONE"})
    @DisplayName("A Redis that answers but takes nothing, as it is full or read-only, is away, which is said once")
    void redisTakesNothing(String trouble, String cure) {
        other.close();
        List<Level> logged = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(Mirror.class.getName());
        log.setLevel(Level.INFO);
        log.setFilter(entry -> {
            logged.add(entry.getLevel());
            return false;
        });
        try {
            redis.command(trouble);
            maker.awaitReachable(false);
            int tried = way.connections();
            TestNode.await(() -> way.connections() >= tried + 3, "it is tried again and again");
            redis.command(cure);
            maker.awaitReachable(true);
        } finally {
            log.setFilter(null);
            log.setLevel(null);
        }
        assertThat(logged).containsExactly(Level.WARNING, Level.INFO);
    }
}
