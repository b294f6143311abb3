package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Clients that take their streams slower than the model makes them. */
class SlowClientIT extends DeployedRouter {

    private static final int STALLED = 500;

    @Test
    @DisplayName("T43: 500 readers that take nothing from models that do not stop hurt nobody, and leave nothing behind")
    void stalledReadersHurtNobody() throws IOException {
        String token = Wire.OPENAI.token("x".repeat(4_000));
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("go").trickle(Duration.ZERO, token.getBytes(UTF_8)));
        List<SocketClient> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < STALLED; i++) {
                SocketClient client = SocketClient.connectWithBuffer(4096).post(Router.streaming(model));
                stalled.add(client);
                client.readTo("go");
            }
            assertThat(Router.figure("llm_streams_active", "")).hasValue(STALLED);
            String other = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("not ", "hurt"));
            for (int i = 0; i < 20; i++) {
                assertThat(Events.of(Router.post(Router.streaming(other)).body()).text()).isEqualTo("not hurt");
            }
        } finally {
            for (SocketClient client : stalled) {
                client.reset();
            }
        }
        Fake.OPENAI.awaitQuiet();
        Await.until(() -> Router.figure("llm_streams_active", "").orElseThrow(), active -> active == 0,
                Duration.ofSeconds(20));
    }
}
