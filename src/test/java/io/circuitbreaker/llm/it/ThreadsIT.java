package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which threads are busy while many streams wait. */
class ThreadsIT extends DeployedRouter {

    private static final int STREAMS = 500;
    /** The server's pool grows while requests come in; a thread for each stream would be five times as many. */
    private static final int MORE_THREADS = 100;

    private final List<SocketClient> clients = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (SocketClient client : clients) {
            client.reset();
        }
        Fake.OPENAI.awaitQuiet();
    }

    private void open(String model) throws IOException {
        for (int i = 0; i < STREAMS; i++) {
            clients.add(SocketClient.connect().post(Router.streaming(model)));
        }
        Fake.OPENAI.provider().awaitActiveStreams(STREAMS, Duration.ofSeconds(20));
    }

    @Test
    @DisplayName("T54: an open stream holds no thread, neither of the platform nor virtual")
    void openStreamsHoldNoThread() throws IOException {
        Router.post(Router.unary("demo"));
        int before = ServerJvm.platformThreads().size();
        open(Fake.OPENAI.serving(Wire.OPENAI.said("so far").stall()));
        for (SocketClient client : clients) {
            client.readTo("so far");
        }
        assertThat(Router.figure("llm_streams_active", "")).hasValue(STREAMS);
        assertThat(ServerJvm.platformThreads()).hasSizeLessThan(before + MORE_THREADS);
        assertThat(ServerJvm.threads()).filteredOn(line -> line.contains("\"llm-stream-")).isEmpty();
    }

    @Test
    @DisplayName("T59: while streams wait for their first token, none of the server's threads is within the router")
    void noThreadOfTheServerWaitsForAProvider() throws IOException {
        open(Fake.OPENAI.serving(FakeReply.sse().neverAnswer()));
        List<String> ofTheServer = ServerJvm.platformThreads().stream()
                .filter(thread -> thread.startsWith("\"Default Executor")).toList();
        assertThat(ofTheServer).isNotEmpty().noneMatch(stack -> stack.contains("io.circuitbreaker.llm"));
    }
}
