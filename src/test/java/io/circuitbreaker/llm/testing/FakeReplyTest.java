package io.circuitbreaker.llm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each step of a script puts on the wire, byte by byte. */
@Timeout(30)
class FakeReplyTest {

    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @AutoClose
    private final FakeProvider provider = FakeProvider.start();

    @Test
    void unaryReplyHasStatusHeadersAndLength() throws IOException {
        provider.reply(FakeReply.status(429).header("retry-after", "1").body("application/json", "{\"ä\":1}"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.head()).startsWith("HTTP/1.1 429 ").contains("retry-after: 1\r\n",
                    "content-type: application/json\r\n", "content-length: 8\r\n");
            assertThat(client.characters(7)).isEqualTo("{\"ä\":1}");
        }
    }

    @Test
    void headerReplacesOneOfTheSameName() throws IOException {
        provider.reply(FakeReply.sse().header("Content-Type", "text/plain"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.head()).contains("text/plain").doesNotContain("event-stream");
        }
    }

    @Test
    void eachSentTextIsOneChunkAndTheScriptsEndIsTheLastChunk() throws IOException {
        provider.reply(FakeReply.sse().send("one", "three").send("ä".getBytes(UTF_8)));
        assertBody("3\r\none\r\n5\r\nthree\r\n2\r\nä\r\n" + LAST_CHUNK);
    }

    @Test
    void piecesHaveTheSizeThatWasAskedFor() throws IOException {
        provider.reply(FakeReply.sse().sendInPieces("abcde".getBytes(UTF_8), 2).end());
        assertBody("2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n" + LAST_CHUNK);
        assertThatIllegalArgumentException().isThrownBy(() -> FakeReply.sse().sendInPieces(new byte[1], 0))
                .withMessageContaining("was 0");
    }

    @Test
    void rawBytesPassTheFraming() throws IOException {
        provider.reply(FakeReply.sse().rawBytes("xyz\r\n".getBytes(UTF_8)).cut());
        try (RawClient client = RawClient.get(provider)) {
            client.head();
            assertThat(client.rest()).isEqualTo("xyz\r\n");
        }
    }

    @Test
    void cutIsAnEndOfTheConnectionWithoutTheLastChunk() throws IOException {
        provider.reply(FakeReply.sse().send("a").cut().send("never"));
        try (RawClient client = RawClient.get(provider)) {
            client.head();
            assertThat(client.rest()).isEqualTo("1\r\na\r\n");
        }
        assertThat(provider.abortedStreams()).isZero();
    }

    @Test
    void resetIsAnErrorAndNoEnd() throws IOException {
        CountDownLatch readByClient = new CountDownLatch(1);
        provider.reply(FakeReply.sse().send("a").awaitLatch(readByClient).reset().send("never"));
        try (RawClient client = RawClient.get(provider)) {
            client.head();
            assertThat(client.characters(6)).isEqualTo("1\r\na\r\n");
            readByClient.countDown();
            assertThatExceptionOfType(SocketException.class).isThrownBy(client::rest).withMessageContaining("reset");
        }
        assertThat(provider.abortedStreams()).isZero();
    }

    @Test
    void beforeTheHeadTheConnectionCanBeClosedOrReset() throws IOException {
        provider.enqueue(FakeReply.sse().closeBeforeHead(), FakeReply.sse().resetBeforeHead());
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.rest()).isEmpty();
        }
        try (RawClient client = RawClient.get(provider)) {
            assertThatExceptionOfType(SocketException.class).isThrownBy(client::rest).withMessageContaining("reset");
        }
    }

    @Test
    void headWaitsForItsDelayAndItsLatch() throws IOException {
        Duration delay = Duration.ofMillis(50);
        CountDownLatch latch = new CountDownLatch(1);
        provider.reply(FakeReply.sse().delayHead(delay).awaitLatchBeforeHead(latch));
        long start = System.nanoTime();
        try (RawClient client = RawClient.get(provider)) {
            provider.awaitActiveStreams(1, LIMIT);
            latch.countDown();
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
        }
    }

    @Test
    void scriptTellsWhereItIsAndWaitsForTheTest() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        provider.reply(FakeReply.sse().send("a").signal(reached).awaitLatch(release).send("b"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(reached.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(provider.activeStreams()).isOne();
            client.head();
            assertThat(client.characters(6)).isEqualTo("1\r\na\r\n");
            release.countDown();
            assertThat(client.characters(11)).isEqualTo("1\r\nb\r\n" + LAST_CHUNK);
            assertThat(provider.activeStreams()).isZero();
        }
    }

    @Test
    void delayLiesBetweenTwoChunks() throws IOException {
        Duration delay = Duration.ofMillis(50);
        provider.reply(FakeReply.sse().send("a").delay(delay).send("b"));
        long start = System.nanoTime();
        assertBody("1\r\na\r\n1\r\nb\r\n" + LAST_CHUNK);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(delay);
    }

    @Test
    void trickleGoesOnUntilTheClientLeaves() throws IOException {
        provider.reply(FakeReply.sse().trickle(Duration.ofMillis(1), ":\n".getBytes(UTF_8)));
        try (RawClient client = RawClient.get(provider)) {
            client.head();
            assertThat(client.characters(35)).isEqualTo("2\r\n:\n\r\n".repeat(5));
        }
        provider.awaitDisconnect(LIMIT);
        assertThat(provider.abortedStreams()).isOne();
    }

    @Test
    void bodyCanEndWithTheConnection() throws IOException {
        provider.reply(FakeReply.sse().delimitedByClose().send("a").send("b"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.head()).contains("connection: close").doesNotContain("chunked", "content-length");
            assertThat(client.rest()).isEqualTo("ab");
        }
    }

    @Test
    void lengthThatIsNotReachedEndsTheConnection() throws IOException {
        provider.reply(FakeReply.sse().contentLength(10).send("short"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.head()).contains("content-length: 10\r\n");
            assertThat(client.rest()).isEqualTo("short");
        }
    }

    @Test
    void headlessReplySendsNothingOfItsOwn() throws IOException {
        provider.reply(FakeReply.headless().send("HTTP/9 nonsense"));
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.rest()).isEqualTo("HTTP/9 nonsense");
        }
    }

    @Test
    void idleConnectionIsClosedAfterAProperEnd() throws IOException {
        provider.reply(FakeReply.sse().send("a").thenCloseIdleConnection());
        try (RawClient client = RawClient.get(provider)) {
            assertThat(client.head()).doesNotContain("connection: close");
            assertThat(client.rest()).isEqualTo("1\r\na\r\n" + LAST_CHUNK);
        }
    }

    @Test
    void replyIsImmutable() throws IOException {
        FakeReply base = FakeReply.sse().send("a");
        base.send("b");
        provider.reply(base);
        assertBody("1\r\na\r\n" + LAST_CHUNK);
    }

    @Test
    void connectionEndsWhereTheClientDoesNotSpeakHttp() throws IOException {
        try (RawClient client = RawClient.connect(provider)) {
            client.send("nonsense\r\n\r\n");
            assertThat(client.rest()).isEmpty();
        }
        assertThat(provider.requests()).isEmpty();
    }

    private void assertBody(String expected) throws IOException {
        try (RawClient client = RawClient.get(provider)) {
            client.head();
            assertThat(client.characters(expected.length())).isEqualTo(expected);
        }
    }
}
