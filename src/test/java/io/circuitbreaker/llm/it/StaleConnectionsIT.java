package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeProvider;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool full of connections that the provider has left meanwhile: more of them than a breaker bears failures. */
class StaleConnectionsIT extends DeployedRouter {

    private static final int POOLED = 50;
    private static final Duration SOON = Duration.ofSeconds(20);

    /** How a provider leaves its idle connections. */
    enum Departure {

        CLOSED {
            @Override
            void leave(Fake fake) {
                fake.provider().closeIdleConnections();
            }
        },
        RESET {
            @Override
            void leave(Fake fake) {
                fake.provider().resetIdleConnections();
            }
        },
        RESTARTED {
            @Override
            void leave(Fake fake) {
                fake.restart();
            }
        };

        abstract void leave(Fake fake);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T46: connections that the provider left while they were idle fail no request and open no breaker")
    void aBurstOnStaleConnectionsIsAnsweredUnseen(Departure departure) throws Exception {
        // A server lets its first exchange go alone, which would wait for the others here.
        assertAnswered(Router.post(Router.streaming(Fake.STALE.serving(FakeReply.openAi("Hel", "lo")))));
        String fills = Fake.STALE.servingAs(Fake.newModel(), onceAllAreHere());
        assertThat(burst(fills)).extracting(response -> Events.of(response.body()).text()).containsOnly("Hello");
        assertThat(Fake.STALE.requests(fills).stream().map(request -> request.connection()).distinct())
                .as("connections").hasSize(POOLED);
        FakeProvider before = Fake.STALE.provider();

        departure.leave(Fake.STALE);
        before.awaitOpenConnections(0, SOON);

        String next = Fake.STALE.serving(FakeReply.openAi("Hel", "lo"));
        assertThat(burst(next)).allSatisfy(StaleConnectionsIT::assertAnswered);
        assertThat(Fake.STALE.requests(next)).hasSize(POOLED);
        // One after the other, for those that the burst may have left in the pool.
        for (int i = 0; i < POOLED; i++) {
            assertAnswered(Router.post(Router.streaming(next)));
        }
        assertThat(ProviderView.of("stale").getString("state")).isEqualTo("up");
        assertThat(ProviderView.of("stale")).doesNotContainKey("last_failure");
        assertThat(Router.figure("llm_provider_error_rate", "provider=\"stale\"").orElse(0)).isZero();
    }

    /** Asked once, as far as anybody can see. */
    private static void assertAnswered(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(Events.of(response.body()).text()).isEqualTo("Hello");
        assertThat(response.headers().firstValue("x-llm-attempts")).as(response.headers().toString()).contains("1");
    }

    /** None is answered before all have come, so that none can use the connection of another. */
    private static Function<ReceivedRequest, FakeReply> onceAllAreHere() {
        CountDownLatch here = new CountDownLatch(POOLED);
        FakeReply reply = FakeReply.openAi("Hel", "lo").awaitLatchBeforeHead(here);
        return _ -> {
            here.countDown();
            return reply;
        };
    }

    private static List<HttpResponse<String>> burst(String model) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> asked = new ArrayList<>();
            for (int i = 0; i < POOLED; i++) {
                asked.add(clients.submit(() -> {
                    start.await();
                    return Router.post(Router.streaming(model));
                }));
            }
            start.countDown();
            List<HttpResponse<String>> answers = new ArrayList<>();
            for (Future<HttpResponse<String>> one : asked) {
                answers.add(one.get(SOON.toSeconds(), TimeUnit.SECONDS));
            }
            return answers;
        }
    }
}
