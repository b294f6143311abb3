package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Providers that have their limit of streams. */
class LoadIT extends DeployedRouter {

    private final CountDownLatch done = new CountDownLatch(1);

    /** Streams until the test is done with it. */
    private SocketClient occupy(Fake fake) throws IOException {
        String model = fake.serving(Wire.OPENAI.said("first").awaitLatch(done).send(Wire.OPENAI.ending()));
        SocketClient client = SocketClient.connect().post(Router.streaming(model));
        client.readTo("first");
        return client;
    }

    @AfterEach
    void nothingIsLeft() {
        done.countDown();
        for (Fake fake : new Fake[] {Fake.NARROW, Fake.HASTY}) {
            ProviderView.await(fake.configuredName(),
                    status -> status.getInt("active_streams") == 0 && status.getInt("queued_requests") == 0);
            fake.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    @DisplayName("T18: a request waits for a place and is answered when there is one, streamed or whole")
    void aRequestWaitsForAPlace(String stream) throws Exception {
        String model = Fake.NARROW.serving(FakeReply.openAi("sec", "ond"));
        try (SocketClient first = occupy(Fake.NARROW);
             ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> second =
                    clients.submit(() -> Router.post(Router.chat(model, "Hi", ",\"stream\":" + stream)));
            ProviderView.awaitQueued("narrow", 1);
            assertThat(Router.figure("llm_provider_queued_requests", "provider=\"narrow\"")).hasValue(1);
            assertThat(ProviderView.state("narrow")).isEqualTo("full");
            assertThat(Fake.NARROW.requests(model)).isEmpty();

            done.countDown();
            first.readTo("[DONE]");
            assertThat(second.get().statusCode()).as(second.get().body()).isEqualTo(200);
            assertThat(second.get().body()).contains("sec", "ond");
            assertThat(second.get().headers().firstValue("x-llm-attempts")).contains("1");
        }
    }

    @Test
    void oneTooManyIsRefusedWithTheLimitAndATime() throws Exception {
        String waiting = Fake.NARROW.serving(FakeReply.openAi("b"));
        try (SocketClient _ = occupy(Fake.NARROW);
             SocketClient _ = SocketClient.connect().post(Router.streaming(waiting))) {
            ProviderView.awaitQueued("narrow", 1);
            String model = Fake.NARROW.serving(FakeReply.openAi("c"));
            assertRefused(Router.post(Router.streaming(model)), "llm.provider.narrow.max-queued-requests");
            assertThat(Fake.NARROW.requests(model)).isEmpty();
            done.countDown();
        }
    }

    @Test
    void whoWaitsForTooLongIsRefusedWithTheLimitAndATime() throws Exception {
        try (SocketClient _ = occupy(Fake.HASTY)) {
            String model = Fake.HASTY.serving(FakeReply.openAi("second"));
            assertRefused(Router.post(Router.streaming(model)), "llm.provider.hasty.queue-timeout");
            assertRefused(Router.post(Router.unary(model)), "llm.provider.hasty.queue-timeout");
            assertThat(Fake.HASTY.requests(model)).isEmpty();
        }
        assertThat(ProviderView.of("hasty").containsKey("last_failure")).as("a wait is no failure").isFalse();
    }

    private static void assertRefused(HttpResponse<String> response, String limit) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
        assertThat(response.headers().firstValue("retry-after")).contains("1");
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("0");
        assertThat(Router.error(response).getString("code")).isEqualTo("limit_reached");
        assertThat(Router.error(response).getString("param")).isEqualTo(limit);
    }

    @Test
    void whoeverHasAPlaceGoesBeforeAQueue() throws Exception {
        try (SocketClient _ = occupy(Fake.NARROW)) {
            String model = Fake.NARROW.serving(FakeReply.openAi("not this"));
            String other = Fake.OPENAI.serving(FakeReply.openAi("this"));
            HttpResponse<String> response = Router.post(Router.chat(model, "Hi",
                    ",\"stream\":true,\"models\":[" + JsonText.quote(other) + "]"));
            assertThat(Events.of(response.body()).text()).isEqualTo("this");
            assertThat(response.headers().firstValue("x-llm-fallback-reason"))
                    .contains(model + ": at its limit of streams");
            assertThat(Fake.NARROW.requests(model)).isEmpty();
        }
    }

    @Test
    void ifAllAreFullOneIsWaitedForAndThenTheNext() throws Exception {
        try (SocketClient _ = occupy(Fake.HASTY); SocketClient _ = occupy(Fake.NARROW);
             ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            String model = Fake.HASTY.serving(FakeReply.openAi("not this"));
            String other = Fake.NARROW.serving(FakeReply.openAi("this"));
            Future<HttpResponse<String>> third = clients.submit(() -> Router.post(Router.chat(model, "Hi",
                    ",\"stream\":true,\"models\":[" + JsonText.quote(other) + "]")));
            ProviderView.awaitQueued("narrow", 1);
            done.countDown();
            assertThat(Events.of(third.get().body()).text()).isEqualTo("this");
            assertThat(Fake.HASTY.requests(model)).isEmpty();
        }
    }

    @Test
    @DisplayName("T01 T05: a client that leaves while it waits leaves the queue")
    void aClientThatLeavesLeavesTheQueue() throws Exception {
        try (SocketClient _ = occupy(Fake.NARROW)) {
            String model = Fake.NARROW.serving(FakeReply.openAi("nobody's"));
            SocketClient client = SocketClient.connect().post(Router.streaming(model));
            ProviderView.awaitQueued("narrow", 1);
            client.reset();
            ProviderView.awaitQueued("narrow", 0);
            done.countDown();
            assertThat(Fake.NARROW.requests(model)).isEmpty();
        }
    }
}
