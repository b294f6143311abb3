package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.StreamUsage;
import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
@DisplayName("T02: who is called off before anything of the request was sent was not asked")
class ConnectingTest {

    private static final Failure BEATEN = new Failure.Cancelled("another was faster");
    private static final Duration LONG = TestUpstream.LONG;

    private final UpstreamClient client = new UpstreamClient();
    private final Cancellation cancellation = new Cancellation();
    private final ProviderCall call = TestUpstream.call(Requests.saying("Hi"), cancellation);

    @BeforeEach
    void start() {
        client.start();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private HttpUpstream upstream(String url) {
        Deadlines deadlines = new Deadlines(LONG, LONG, LONG, LONG, LONG, LONG);
        return new HttpUpstream(new ProviderConfig("test", "openai", Optional.of(url), ApiKey.NONE, "",
                StreamUsage.ALWAYS, List.of(), deadlines, StreamLimits.DEFAULTS, Optional.empty(), Optional.empty()),
                Language.OPENAI.dialect, client, new Watchdog());
    }

    private OnVirtualThread<LlmException> opening(HttpUpstream upstream) {
        return OnVirtualThread.start(() -> catchThrowableOfType(LlmException.class, () -> upstream.open(call)));
    }

    @Test
    void whileItWaitsForTheConnection() throws IOException {
        try (FullServer full = new FullServer()) {
            HttpUpstream upstream = upstream(full.url());
            OnVirtualThread<LlmException> opening = opening(upstream);
            while (call.attempts() == 0) {
                Thread.onSpinWait();
            }
            cancellation.cancel(BEATEN);
            assertThat(opening.join().failure()).isEqualTo(BEATEN);
            assertThat(call.attempts()).isZero();
        }
    }

    @Test
    void whileTlsIsAgreedOn() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            HttpUpstream upstream = upstream("https://127.0.0.1:" + silent.getLocalPort());
            OnVirtualThread<LlmException> opening = opening(upstream);
            try (Socket accepted = silent.accept()) {
                assertThat(accepted.getInputStream().read()).as("the client's first word").isPositive();
                cancellation.cancel(BEATEN);
                assertThat(opening.join().failure()).isEqualTo(BEATEN);
            }
            assertThat(call.attempts()).isZero();
        }
    }

    @Test
    void whoHasTheRequestWasAsked() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI).reply(FakeReply.sse().neverAnswer())) {
            OnVirtualThread<LlmException> opening = opening(test.upstream);
            test.fake.awaitRequests(1, Duration.ofSeconds(5));
            cancellation.cancel(BEATEN);
            assertThat(opening.join().failure()).isEqualTo(BEATEN);
            assertThat(call.attempts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("A connection that is refused was an attempt: that is bounded, too")
    void whoRefusesWasAsked() {
        try (TestUpstream test = TestUpstream.speaking(Language.OPENAI)) {
            test.fake.close();
            assertThat(opening(test.upstream).join().failure()).isInstanceOf(Failure.Unreachable.class);
            assertThat(call.attempts()).isEqualTo(1);
        }
    }
}
