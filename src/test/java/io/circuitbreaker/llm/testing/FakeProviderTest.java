package io.circuitbreaker.llm.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What the provider observes, and that ordinary HTTP clients get along with it. */
@Timeout(60)
class FakeProviderTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration PROMPT = Duration.ofMillis(100);
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    static final List<FakeReply> HANGING = List.of(
            FakeReply.sse().neverAnswer(),
            FakeReply.sse().delayHead(Duration.ofHours(1)),
            FakeReply.sse().awaitLatchBeforeHead(NEVER),
            FakeReply.sse().send("a").stall(),
            FakeReply.sse().send("a").delay(Duration.ofHours(1)),
            FakeReply.sse().send("a").awaitLatch(NEVER),
            FakeReply.sse().trickle(Duration.ofHours(1), new byte[]{'a'}));

    @AutoClose
    private final FakeProvider provider = FakeProvider.start();

    @AutoClose
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void requestIsSeenAsItWasSent() throws Exception {
        provider.reply(FakeReply.openAi("Hi"));
        client.send(request().uri(uri("/v1/x?alt=sse")).header("X-Key", "k").POST(BodyPublishers.ofString("{\"ä\":1}"))
                .build(), BodyHandlers.ofString());
        ReceivedRequest seen = provider.awaitRequests(1, LIMIT).getFirst();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.path()).isEqualTo("/v1/x");
        assertThat(seen.query()).isEqualTo("alt=sse");
        assertThat(seen.header("x-kEY")).contains("k");
        assertThat(seen.header("x-other")).isEmpty();
        assertThat(seen.body()).isEqualTo("{\"ä\":1}");
        assertThat(seen.json().getInt("ä")).isOne();
    }

    @Test
    void chunkedRequestBodyIsPutTogether() throws Exception {
        provider.reply(FakeReply.openAi("Hi"));
        byte[] body = "ä".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        HttpRequest chunked = request().POST(BodyPublishers.ofByteArrays(List.of(body, body))).build();
        client.send(chunked, BodyHandlers.discarding());
        ReceivedRequest seen = provider.requests().getFirst();
        assertThat(seen.header("transfer-encoding")).contains("chunked");
        assertThat(seen.body()).isEqualTo("ä".repeat(100_000));
    }

    @Test
    void clientThatWaitsToContinueIsToldSo() throws Exception {
        provider.reply(FakeReply.status(204));
        HttpRequest patient = request().expectContinue(true).POST(BodyPublishers.ofString("x")).build();
        assertThat(client.send(patient, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
    }

    @Test
    void enqueuedRepliesComeFirstAndInOrder() throws Exception {
        provider.enqueue(FakeReply.status(500).body("text/plain", "a"), FakeReply.status(503).body("text/plain", "b"))
                .replyWith(request -> FakeReply.status(200).body("text/plain", request.path()));
        assertThat(IntStream.range(0, 3).mapToObj(_ -> get("/p").body())).containsExactly("a", "b", "/p");
    }

    @Test
    void withoutAReplyTheRequestIsNamed() {
        HttpResponse<String> response = get("/v1/unknown");
        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(response.body()).contains("GET /v1/unknown");
    }

    @Test
    void connectionIsKeptUntilAReplyEndsWithIt() {
        provider.enqueue(FakeReply.openAi("a"), FakeReply.status(500).body("text/plain", "b"),
                FakeReply.sse().delimitedByClose().send("c"), FakeReply.openAi("d"));
        IntStream.range(0, 4).forEach(_ -> get("/"));
        assertThat(provider.requests()).extracting(ReceivedRequest::connection).containsExactly(1, 1, 1, 2);
        assertThat(provider.acceptedConnections()).isEqualTo(2);
        provider.awaitOpenConnections(1, LIMIT);
    }

    @Test
    void clientNoticesThatItsIdleConnectionWasClosed() {
        provider.enqueue(FakeReply.openAi("a").thenCloseIdleConnection(), FakeReply.openAi("b"));
        assertThat(get("/").statusCode()).isEqualTo(200);
        provider.awaitOpenConnections(0, LIMIT);
        assertThat(get("/").statusCode()).isEqualTo(200);
        assertThat(provider.acceptedConnections()).isEqualTo(2);
    }

    @Test
    void staleConnectionFailsWithTheRequestThatReusesIt() {
        provider.enqueue(FakeReply.openAi("a"), FakeReply.sse().resetBeforeHead());
        get("/");
        HttpRequest post = request().POST(BodyPublishers.ofString("{}")).build();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.send(post, BodyHandlers.ofString()));
        assertThat(provider.requests()).extracting(ReceivedRequest::connection).startsWith(1, 1);
    }

    @ParameterizedTest
    @FieldSource("HANGING")
    void disconnectIsSeenWhileTheScriptHangs(FakeReply hanging) throws IOException {
        provider.reply(hanging);
        RawClient leavesByFin = RawClient.get(provider);
        provider.awaitRequests(1, LIMIT);
        long finAt = System.nanoTime();
        leavesByFin.close();
        assertThat(provider.awaitDisconnect(LIMIT).since(finAt)).isLessThan(PROMPT);

        RawClient leavesByReset = RawClient.get(provider);
        ReceivedRequest second = provider.awaitRequests(2, LIMIT).getLast();
        long resetAt = System.nanoTime();
        leavesByReset.reset();
        Disconnect disconnect = provider.awaitDisconnect(LIMIT);
        assertThat(disconnect.since(resetAt)).isLessThan(PROMPT);
        assertThat(disconnect.request()).isSameAs(second);

        assertThat(provider.abortedStreams()).isEqualTo(2);
        assertThat(provider.activeStreams()).isZero();
        provider.awaitOpenConnections(0, LIMIT);
    }

    @Test
    void cancelOfAnHttpClientIsSeen() throws Exception {
        provider.reply(FakeReply.sse().send(OpenAiEvents.role()).stall());
        try (InputStream body = client.send(request().build(), BodyHandlers.ofInputStream()).body()) {
            assertThat(body.read()).isEqualTo('d');
        }
        provider.awaitDisconnect(LIMIT);
        assertThat(provider.abortedStreams()).isOne();
    }

    @Test
    void clientThatLeavesAfterTheEndHasNotAborted() throws IOException {
        provider.reply(FakeReply.status(200).body("text/plain", "all"));
        try (RawClient raw = RawClient.get(provider)) {
            raw.head();
            assertThat(raw.characters(3)).isEqualTo("all");
            assertThat(provider.activeStreams()).isZero();
        }
        provider.awaitOpenConnections(0, LIMIT);
        assertThat(provider.abortedStreams()).isZero();
    }

    @Test
    void waitingHasItsLimit() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> provider.awaitRequests(2, Duration.ofMillis(10)))
                .withMessage("expected at least 2 requests within PT0.01S, was 0");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> provider.awaitDisconnect(Duration.ofMillis(10)));
    }

    @Test
    void failureOfTheReplyFunctionReachesTheClient() {
        provider.replyWith(_ -> {
            throw new IllegalStateException("mistake in the test");
        });
        assertThat(get("/").body()).contains("mistake in the test");
    }

    @Test
    void closeEndsHangingRepliesWithoutCountingThemAsAborted() throws IOException {
        provider.reply(FakeReply.sse().stall());
        try (RawClient raw = RawClient.get(provider)) {
            raw.head();
            provider.close();
            assertThat(raw.rest()).isEmpty();
        }
        assertThat(provider.abortedStreams()).isZero();
        assertThat(provider.openConnections()).isZero();
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> RawClient.connect(provider));
        try (FakeProvider back = FakeProvider.startOn(provider.port()).reply(FakeReply.status(200))) {
            assertThat(get("/").statusCode()).isEqualTo(200);
            assertThat(back.requests()).hasSize(1);
        }
    }

    @Test
    void fiveHundredStreamsRunAtOnce() throws Exception {
        int streams = 500;
        CountDownLatch begun = new CountDownLatch(streams);
        CountDownLatch release = new CountDownLatch(1);
        provider.reply(FakeReply.sse().send("Hel").signal(begun).awaitLatch(release).send("lo"));
        List<CompletableFuture<String>> answers = Stream.generate(this::answer).limit(streams).toList();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(provider.activeStreams()).isEqualTo(streams);
        release.countDown();
        for (CompletableFuture<String> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("Hello");
        }
        assertThat(provider.activeStreams()).isZero();
        assertThat(provider.abortedStreams()).isZero();
        assertThat(provider.acceptedConnections()).isEqualTo(streams);
    }

    private CompletableFuture<String> answer() {
        return client.sendAsync(request().build(), BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    private HttpResponse<String> get(String target) {
        return client.sendAsync(request().uri(uri(target)).build(), BodyHandlers.ofString()).join();
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(uri("/")).timeout(LIMIT.multipliedBy(3));
    }

    private URI uri(String target) {
        return URI.create(provider.baseUrl() + target);
    }
}
