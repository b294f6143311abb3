package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Thousands of streams that end in all the ways there are; then nothing is left of them. */
class LeakIT extends DeployedRouter {

    private static final int STREAMS = Integer.getInteger("leak.streams", 10_000);
    private static final int WARM_UP = 1_000;
    private static final int AT_ONCE = 200;
    /**
     * The watchdog knows of an ended attempt until its first deadline would have come, in some hundred bytes. A stream's
     * buffer, request or session is far more.
     */
    private static final long GROWTH_IN_BYTES = 1_500L * STREAMS;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** How a stream ends, with what the client has of it in the end. */
    private record Ending(Fake fake, FakeReply reply, boolean clientLeaves, String has) {
    }

    private static List<Ending> endings() {
        List<Ending> endings = new ArrayList<>();
        for (Fake fake : Fake.VENDORS) {
            Wire wire = fake.wire();
            byte[] token = wire.token("more").getBytes(UTF_8);
            endings.add(new Ending(fake, wire.answer("a", "b", "c"), false, "[DONE]"));
            endings.add(new Ending(fake, wire.answer("a", "b", "c"), false, "[DONE]"));
            endings.add(new Ending(fake, wire.said("a").cut(), false, "stream_closed_early"));
            endings.add(new Ending(fake, wire.said("a").send(wire.errorEvent("no")), false, "provider_error"));
            endings.add(new Ending(fake, wire.refusal(429, "no"), false, "rate_limit_exceeded"));
            endings.add(new Ending(fake, wire.refusal(400, "no"), false, "invalid_request_error"));
            endings.add(new Ending(fake, wire.said("a").trickle(Duration.ofMillis(20), token), true, "more"));
        }
        return endings;
    }

    @Test
    @DisplayName("T05 T44 T58: after thousands of streams with mixed ends no place, connection, thread or memory is held")
    void nothingIsLeft() throws Exception {
        assertGaugesFollow();
        List<Ending> endings = endings();
        List<String> models = endings.stream().map(ending -> ending.fake.serving(ending.reply)).toList();
        // Which deadline it is depends on the machine: on a busy one the first token may already be late.
        Ending late = new Ending(Fake.IMPATIENT, Wire.OPENAI.said("a").stall(), false, "\"error\"");
        String lateModel = late.fake.serving(late.reply);
        // What the first streams leave behind for good is the classes, the pools and the figures of all later ones.
        playAll(WARM_UP, endings, models, late, lateModel);
        awaitZero("llm_streams_active");
        long before = ServerJvm.liveBytes();
        playAll(STREAMS, endings, models, late, lateModel);
        assertNothingIsLeft();
        assertThat(ServerJvm.liveBytes()).as("bytes on the heap that are in use").isLessThan(before + GROWTH_IN_BYTES);
        for (Fake fake : Fake.VENDORS) {
            String model = fake.serving(fake.wire().answer("still ", "here"));
            HttpResponse<String> response = Router.post(Router.streaming(model));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(Events.of(response.body()).text()).isEqualTo("still here");
        }
    }

    private static void playAll(int streams, List<Ending> endings, List<String> models, Ending late, String lateModel)
            throws Exception {
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                running.add(clients.submit(() -> {
                    for (int n = next.getAndIncrement(); n < streams; n = next.getAndIncrement()) {
                        int which = n % endings.size();
                        // These wait for a deadline, so they are few.
                        boolean slow = n % 50 == 49;
                        play(slow ? late : endings.get(which), slow ? lateModel : models.get(which));
                    }
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
    }

    /** A gauge that is always 0 would prove nothing. */
    private static void assertGaugesFollow() throws IOException {
        SocketClient client = SocketClient.connect()
                .post(Router.streaming(Fake.OPENAI.serving(Wire.OPENAI.said("so far").stall())));
        client.readTo("so far");
        assertThat(Router.figure("llm_streams_active", "")).hasValue(1);
        assertThat(Router.figure("llm_provider_streams_active", "openai")).hasValue(1);
        client.reset();
        awaitZero("llm_streams_active");
    }

    private static void play(Ending ending, String model) throws IOException {
        SocketClient client = SocketClient.connect().post(Router.streaming(model));
        try {
            client.readTo(ending.has);
        } catch (IOException e) {
            throw new IOException("a stream of " + ending.fake + " should have had " + ending.has, e);
        }
        if (ending.clientLeaves) {
            client.reset();
        } else {
            client.close();
        }
    }

    private static void assertNothingIsLeft() throws IOException {
        for (Fake fake : List.of(Fake.OPENAI, Fake.ANTHROPIC, Fake.GOOGLE, Fake.IMPATIENT)) {
            FakeProvider provider = fake.provider();
            provider.awaitActiveStreams(0, LIMIT);
            provider.closeIdleConnections();
            provider.awaitOpenConnections(0, LIMIT);
        }
        awaitZero("llm_streams_active");
        awaitZero("llm_provider_streams_active");
        assertThat(ServerJvm.threads())
                .filteredOn(line -> line.contains("\"llm-stream-") || line.contains("\"llm-worker-helper"))
                .isEmpty();
        assertThat(ServerJvm.threads()).as("threads that streams share").filteredOn(line -> line.contains("\"llm-worker"))
                .hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        double counted = Router.figure("llm_streams_total", "").orElseThrow();
        assertThat(counted).as("streams counted, each once").isEqualTo(1 + WARM_UP + STREAMS);
    }

    private static void awaitZero(String gauge) {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (Router.figure(gauge, "").orElseThrow() != 0 && System.nanoTime() < limit) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        assertThat(Router.figure(gauge, "")).as(gauge).hasValue(0);
    }
}
