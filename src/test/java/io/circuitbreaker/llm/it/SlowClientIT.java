package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many clients that take nothing of streams that do not stop. */
@ExtendWith(ArquillianExtension.class)
class SlowClientIT {

    private static final Logger LOG = Logger.getLogger(SlowClientIT.class.getName());

    private static final int STALLED = 500;
    private static final int EVENTS_THAT_WAIT = 10;
    private static final int TEXT_OF_AN_EVENT = 8_192;
    /** What an event has besides its text. */
    private static final int ENVELOPE = 1_000;
    /** Of a stream that flows, too: the server's buffers, the provider's client's, what was just decoded. */
    private static final long STREAM_IN_BYTES = 128 * 1024;
    /** Two bytes for each character, and the room that growing texts have to spare. */
    private static final long WAITING_IN_BYTES = 2 * 2 * EVENTS_THAT_WAIT * (TEXT_OF_AN_EVENT + ENVELOPE);
    /** Of a stream that has ended, until its first deadline would have come; see {@link LeakIT}. */
    private static final long REMEMBERED_IN_BYTES = 1_500;
    private static final long ONE_MORE_EVENT_EACH = (long) STALLED * TEXT_OF_AN_EVENT;
    private static final Duration WATCHED = Duration.ofSeconds(4);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Deployment(testable = false)
    static WebArchive router() {
        return ConfiguredRouter.war("llm.streaming.default-buffer-size=" + EVENTS_THAT_WAIT,
                "llm.streaming.max-chunk-size=" + TEXT_OF_AN_EVENT, "llm.streaming.slow-client-timeout=PT5M");
    }

    @Test
    @DisplayName("T43: 500 readers that take nothing cost what is configured, hurt nobody and leave nothing")
    void stalledReadersHurtNobody() throws IOException {
        // What the first of so many leave behind for good is the pools of all later ones.
        stall(STALLED).forEach(SlowClientIT::reset);
        others(Duration.ofSeconds(2));
        awaitNoStream();
        double counted = counted();
        long before = ServerJvm.liveBytes();
        List<SocketClient> stalled = stall(STALLED);
        try {
            assertThat(Router.figure("llm_streams_active", "")).hasValue(STALLED);
            others(WATCHED);
            long while1 = ServerJvm.liveBytes() - before;
            others(WATCHED);
            long while2 = ServerJvm.liveBytes() - before;
            LOG.info(() -> "each of " + STALLED + " stalled streams has " + while1 / STALLED + " bytes, and then "
                    + while2 / STALLED);
            assertThat(while1).isLessThan(STALLED * (STREAM_IN_BYTES + WAITING_IN_BYTES));
            assertThat(while2).as("and does not grow").isLessThan(while1 + ONE_MORE_EVENT_EACH);
            assertThat(Router.figure("llm_streams_active", "")).as("still there").hasValue(STALLED);
        } finally {
            stalled.forEach(SlowClientIT::reset);
        }
        awaitNoStream();
        assertThat(Router.figure("llm_provider_streams_active", "").orElseThrow()).isZero();
        assertThat(ServerJvm.threads()).filteredOn(line -> line.contains("\"llm-stream-")).isEmpty();
        long left = ServerJvm.liveBytes() - before;
        assertThat(left).as("left behind").isLessThan((long) (counted() - counted) * REMEMBERED_IN_BYTES);
    }

    private static List<SocketClient> stall(int readers) throws IOException {
        byte[] token = Wire.OPENAI.token("x".repeat(4_000)).getBytes(UTF_8);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("go").trickle(Duration.ZERO, token));
        List<SocketClient> stalled = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            stalled.add(SocketClient.connectWithBuffer(4096).post(Router.streaming(model)));
        }
        for (SocketClient client : stalled) {
            client.readTo("go");
        }
        return stalled;
    }

    /** Streams of others, one after the other for this long. */
    private static void others(Duration time) {
        String model = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("not ", "hurt"));
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            assertThat(Events.of(Router.post(Router.streaming(model)).body()).text()).isEqualTo("not hurt");
        }
    }

    private static double counted() {
        return Router.figure("llm_streams_total", "").orElseThrow();
    }

    private static void awaitNoStream() {
        Fake.OPENAI.awaitQuiet();
        Await.until(() -> Router.figure("llm_streams_active", "").orElseThrow(), active -> active == 0, LIMIT);
    }

    private static void reset(SocketClient client) {
        try {
            client.reset();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
