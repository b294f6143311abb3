package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventBufferTest {

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    static Stream<String> lines() {
        String longest = "x".repeat(EventBuffer.LONGEST_IN_CHARS);
        return Stream.of("", "{}", "\u00e9\u20ac\ud83d\ude00", "half a pair \ud83d, the other half \ude00", longest,
                longest.replace('x', '\u20ac'), longest + "x", longest + "\u20ac");
    }

    @ParameterizedTest
    @MethodSource("lines")
    void bytesAreThoseOfTheText(String line) throws IOException {
        EventBuffer.write(sent, Long.MAX_VALUE, line);
        EventBuffer.write(sent, 7, "after it");
        assertThat(sent.toByteArray()).isEqualTo(
                ("id: " + Long.MAX_VALUE + "\ndata: " + line + "\n\nid: 7\ndata: after it\n\n").getBytes(UTF_8));
    }

    @Test
    void whoWritesWhileAnotherIsHeldUpHasABufferOfItsOwn() throws IOException, InterruptedException {
        // It leaves a buffer for one of the others to find.
        EventBuffer.write(OutputStream.nullOutputStream(), 1, "before");
        ByteArrayOutputStream slowlySent = new ByteArrayOutputStream();
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch heldUp = new CountDownLatch(EventBuffer.SPARES);
        // As many as there are places: with some of them the main thread shares one.
        Thread[] slow = Stream.generate(() -> Thread.ofPlatform().unstarted(() -> writeHeldUp(slowlySent, heldUp, goOn)))
                .limit(EventBuffer.SPARES).toArray(Thread[]::new);
        for (Thread each : slow) {
            each.start();
        }
        heldUp.await();
        EventBuffer.write(sent, 2, "fast");
        goOn.countDown();
        for (Thread each : slow) {
            each.join();
        }
        assertThat(sent.toString(UTF_8)).isEqualTo("id: 2\ndata: fast\n\n");
        assertThat(slowlySent.toString(UTF_8)).isEqualTo("id: 1\ndata: slow\n\n".repeat(EventBuffer.SPARES));
    }

    private static void writeHeldUp(OutputStream to, CountDownLatch heldUp, CountDownLatch goOn) {
        try {
            EventBuffer.write(new Slow(to, heldUp, goOn), 1, "slow");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatFailedLeavesNothingBehind() throws IOException {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        assertThatThrownBy(() -> EventBuffer.write(broken, 1, "lost")).hasMessage("broken pipe");
        EventBuffer.write(sent, 2, "{}");
        assertThat(sent.toString(UTF_8)).isEqualTo("id: 2\ndata: {}\n\n");
    }

    /** Takes what it is given only when it may go on. */
    private static final class Slow extends OutputStream {

        private final OutputStream to;
        private final CountDownLatch heldUp;
        private final CountDownLatch goOn;

        Slow(OutputStream to, CountDownLatch heldUp, CountDownLatch goOn) {
            this.to = to;
            this.heldUp = heldUp;
            this.goOn = goOn;
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            heldUp.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            to.write(bytes, offset, length);
        }
    }
}
