package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked again without the client's knowledge, and what is not. */
class RetryIT extends DeployedRouter {

    private static final int POOLED = 8;

    @AfterEach
    void keepBreakersClosed() {
        Fake.OPENAI.settleBreaker();
    }

    @Test
    @DisplayName("T46: connections that the provider closed while they were idle fail no request")
    void stalePooledConnectionsAreReplacedUnseen() throws Exception {
        String fills = Fake.STALE.serving(FakeReply.openAi("Hel", "lo").awaitLatchBeforeHead(allAreHere()));
        List<String> first = streams(fills, POOLED);
        assertThat(first).containsOnly("Hello");
        assertThat(Fake.STALE.requests(fills).stream().map(request -> request.connection()).distinct())
                .as("connections").hasSize(POOLED);

        Fake.STALE.provider().closeIdleConnections();
        Fake.STALE.provider().awaitOpenConnections(0, Duration.ofSeconds(5));

        String next = Fake.STALE.serving(FakeReply.openAi("a", "gain"));
        assertThat(streams(next, POOLED)).containsOnly("again");
        for (int i = 0; i < POOLED; i++) {
            assertThat(Events.of(Router.post(Router.streaming(next)).body()).text()).isEqualTo("again");
        }
    }

    /** Each request waits until all have come, so that none can use the connection of another. */
    private static CountDownLatch allAreHere() {
        CountDownLatch here = new CountDownLatch(1);
        int before = Fake.STALE.provider().requests().size();
        Thread.ofVirtual().start(() -> {
            Fake.STALE.provider().awaitRequests(before + POOLED, Duration.ofSeconds(20));
            here.countDown();
        });
        return here;
    }

    private static List<String> streams(String model, int count) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(clients.submit(() -> Events.of(Router.post(Router.streaming(model)).body()).text()));
            }
            List<String> all = new ArrayList<>();
            for (Future<String> text : texts) {
                all.add(text.get());
            }
            return all;
        }
    }

    @ParameterizedTest
    @CsvSource({"502, '', 3", "503, '', 3", "503, 1, 1", "502, 1, 1", "500, '', 1", "504, '', 1", "429, '', 1", "429, 1, 1",
        "408, '', 1", "400, '', 1", "401, '', 1", "403, '', 1", "404, '', 1", "413, '', 1"})
    @DisplayName("T22: only what may help is asked again, at most twice")
    void asksAgainOnlyWhereItMayHelp(int status, String retryAfter, int requests) {
        FakeReply refusal = Wire.OPENAI.refusal(status, "no");
        String model = Fake.OPENAI.serving(retryAfter.isEmpty() ? refusal : refusal.header("retry-after", retryAfter));
        Router.post(Router.streaming(model));
        assertThat(Fake.OPENAI.requests(model)).hasSize(requests);
    }

    @Test
    void aResetBeforeTheHeadersIsAskedAgain() {
        String model = Fake.OPENAI.serving(FakeReply.sse().resetBeforeHead(), FakeReply.openAi("fine"));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(Events.of(response.body()).text()).isEqualTo("fine");
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("2");
        assertThat(Fake.OPENAI.requests(model)).hasSize(2);
    }

    @Test
    @DisplayName("T19: what has begun is not asked again")
    void aBrokenStreamIsNotAskedAgain() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("so far").cut(), FakeReply.openAi("fine"));
        Events.of(Router.post(Router.streaming(model)).body()).assertFailed("stream_closed_early");
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
    }

    @Test
    void theBreakerOpensForOneProviderOnly() {
        String broken = Fake.BROKEN.serving(Wire.OPENAI.refusal(500, "broken"));
        HttpResponse<String> last = Router.post(Router.unary(broken));
        for (int i = 0; i < 40 && last.statusCode() == 502; i++) {
            last = Router.post(Router.unary(broken));
        }
        assertThat(last.statusCode()).isEqualTo(503);
        assertThat(Router.error(last).getString("message")).contains("'broken'", "circuit breaker");
        int asked = Fake.BROKEN.requests(broken).size();
        assertThat(asked).isEqualTo(20);

        assertThat(Router.post(Router.streaming(broken)).statusCode()).isEqualTo(503);
        assertThat(Fake.BROKEN.requests(broken)).as("asked though the breaker is open").hasSize(asked);
        String fine = Fake.OPENAI.serving(FakeReply.openAi("fine"));
        assertThat(Events.of(Router.post(Router.streaming(fine)).body()).text()).isEqualTo("fine");
    }
}
