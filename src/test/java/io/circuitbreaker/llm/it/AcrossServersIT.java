package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.RedisServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two servers with one Redis, all of the tests' own. The last tests kill one and stop the other. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AcrossServersIT {

    private static final int REDIS_PORT = 19190;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Pattern LAST_ID = Pattern.compile("\nid: (\\d+)\n");
    private static final String MINE = "key-of-mine";
    private static final String YOURS = "key-of-yours";
    private static final String PASSWORD = "canary-redis-7f3e1d";

    private static RedisServer redis;
    private static OwnServer making;
    private static OwnServer other;

    @BeforeAll
    static void start() {
        redis = RedisServer.startOrSkip(REDIS_PORT);
        redis.command("ACL SETUSER router on >" + PASSWORD + " ~llm:* +@all");
        Map<String, String> settings = Map.of("LLM_STREAMING_STORE", "redis",
                "LLM_STREAMING_REDIS_URL", "redis://router:" + PASSWORD + "@127.0.0.1:" + REDIS_PORT,
                "LLM_STREAMING_SHUTDOWN_GRACE", "PT0.5S", "LLM_CLIENT_KEYS", "mine:" + sha256(MINE) + ",yours:" + sha256(YOURS));
        making = OwnServer.start("making", 19180, settings);
        other = OwnServer.start("other", 19181, settings);
        for (OwnServer server : List.of(making, other)) {
            server.awaitReady();
            Await.until(() -> send(server, "GET", "/health/ready", "").body(),
                    health -> health.contains("\"stream_store_reachable\":true"), LONG);
        }
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            other.close();
            making.close();
            redis.close();
        }
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> send(OwnServer server, String method, String path, String body, String... more) {
        Map<String, String> headers = new HashMap<>(Map.of("Authorization", "Bearer " + MINE));
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], more[i + 1]);
        }
        return server.exchange(method, path, body, headers);
    }

    private static String begin(String model) {
        HttpResponse<String> response = send(making, "POST", "/v1/streams", Router.unary(model));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JsonText.parseObject(response.body()).getString("url");
    }

    private static HttpResponse<String> events(OwnServer server, String url, long after) {
        return send(server, "GET", url, "", "Accept", "text/event-stream", "Last-Event-ID", "" + after);
    }

    private static SocketClient follow(OwnServer server, String url) throws IOException {
        return SocketClient.connectTo(server.port())
                .get(url, "Accept: text/event-stream\r\nAuthorization: Bearer " + MINE + "\r\n");
    }

    private static JsonObject state(OwnServer server, String url) {
        return JsonText.parseObject(send(server, "GET", url, "").body());
    }

    private static JsonObject awaitState(OwnServer server, String url, String state) {
        return Await.until(() -> state(server, url), now -> now.getString("state").equals(state), LONG);
    }

    @Test
    @DisplayName("T51: while a stream runs on one server another one has it, and goes on from any event")
    void readOnTheOtherServer() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        String url = begin(Fake.OPENAI.serving(Wire.OPENAI.said("first \u00e9").awaitLatch(go)
                .send(Wire.OPENAI.token("second")).send(Wire.OPENAI.ending())));
        assertThat(state(other, url).getString("state")).as("at once").isEqualTo("running");
        try (SocketClient reader = follow(other, url)) {
            reader.readTo("\"first ");
            go.countDown();
            reader.readTo("data: [DONE]\n\n");
        }
        Events whole = Events.of(events(making, url, 0).body());
        assertThat(whole.text()).isEqualTo("first \u00e9second");
        assertThat(whole.isDone()).isTrue();
        int newest = whole.data().size();
        for (int seen = 0; seen < newest; seen++) {
            Events rest = Events.of(events(other, url, seen).body());
            assertThat(rest.firstId()).isEqualTo(seen + 1);
            assertThat(rest.data()).isEqualTo(whole.data().subList(seen, newest));
        }
        assertThat(events(other, url, newest).statusCode()).isEqualTo(204);
        assertThat(events(other, url, newest + 1).statusCode()).isEqualTo(404);
        JsonObject here = awaitState(making, url, "complete");
        assertThat(awaitState(other, url, "complete")).isEqualTo(here);
    }

    @Test
    void anotherClientsStreamIsNotThere() {
        String url = begin("demo");
        assertThat(send(other, "GET", url, "").statusCode()).isEqualTo(200);
        for (String method : new String[] {"GET", "DELETE"}) {
            assertThat(send(other, method, url, "", "Authorization", "Bearer " + YOURS).statusCode()).isEqualTo(404);
        }
        assertThat(send(other, "GET", "/v1/streams/req_0", "").statusCode()).isEqualTo(404);
    }

    @Test
    void deletedOnTheOtherServerItsUpstreamIsCancelled() {
        String url = begin(Fake.OPENAI.serving(Wire.OPENAI.said("first").stall()));
        Await.until(() -> state(other, url), now -> now.getString("text").equals("first"), LONG);
        assertThat(send(other, "DELETE", url, "").statusCode()).isEqualTo(204);
        Fake.OPENAI.awaitQuiet();
        assertThat(awaitState(making, url, "cancelled").getJsonObject("error").getString("message"))
                .contains("cancelled by its client");
        Events.of(events(other, url, 0).body()).assertFailed("cancelled");
    }

    @Test
    void thePasswordIsNotInTheLog() {
        assertThat(making.log()).contains("streams are kept in redis://router:***@127.0.0.1:" + REDIS_PORT)
                .doesNotContain(PASSWORD);
        assertThat(send(making, "GET", "/health/ready", "").body()).contains("\"stream_store\":\"redis\"")
                .doesNotContain(PASSWORD);
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    @DisplayName("T51: when its server is killed, the other one has all that was made, and then the truth")
    void theServerIsKilled() throws IOException {
        FakeReply reply = Wire.OPENAI.said("0 ");
        for (int i = 1; i < 1000; i++) {
            // Slowly where it is to be killed: of much more than that the first would not be kept.
            reply = reply.delay(Duration.ofMillis(i < 200 ? 2 : 500)).send(Wire.OPENAI.token(i + " "));
        }
        String url = begin(Fake.OPENAI.serving(reply.stall()));
        try (SocketClient there = follow(making, url); SocketClient here = follow(other, url)) {
            here.readTo("\"100 \"");
            String seenThere = there.readTo("\"200 \"") + there.readTo("\n\n");
            making.kill();
            // That client may have seen more than had come to Redis.
            HttpResponse<String> rest = events(other, url, lastId(seenThere));
            assertThat(rest.statusCode()).isEqualTo(200);
            assertThat(rest.body()).containsOnlyOnce("\"code\":\"server_lost\"").doesNotContain("[DONE]");
            assertThat(here.readTo("\"code\":\"server_lost\"")).doesNotContain("[DONE]");
        }
        JsonObject state = state(other, url);
        assertThat(state.getString("state")).isEqualTo("failed");
        assertThat(state.getJsonObject("error").getString("code")).isEqualTo("server_lost");
        String[] words = state.getString("text").split(" ");
        assertThat(words).hasSizeGreaterThan(100)
                .containsExactly(IntStream.range(0, words.length).mapToObj(Integer::toString).toArray(String[]::new));
        assertThat(events(other, url, state.getInt("last_event_id")).statusCode()).as("all is told").isEqualTo(204);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    @DisplayName("A server that is stopped ends its streams first, and tells their clients")
    void theServerIsStopped() throws Exception {
        byte[] token = Wire.OPENAI.token("more").getBytes(UTF_8);
        String flowing = Fake.OPENAI.serving(Wire.OPENAI.said("first").trickle(Duration.ofMillis(20), token));
        String silent = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        String key = "Authorization: Bearer " + MINE + "\r\n";
        try (SocketClient one = SocketClient.connectTo(other.port()).post(Router.streaming(flowing), key);
             SocketClient two = SocketClient.connectTo(other.port()).post(Router.streaming(silent), key)) {
            one.readTo("more");
            two.readTo("first");
            Thread stopping = Thread.startVirtualThread(other::close);
            for (SocketClient client : new SocketClient[] {one, two}) {
                assertThat(client.readTo("\r\n0\r\n\r\n")).contains("the server is shutting down").doesNotContain("[DONE]");
            }
            Fake.OPENAI.awaitQuiet();
            assertThat(stopping.join(LONG)).isTrue();
        }
    }

    private static long lastId(String events) {
        return LAST_ID.matcher(events).results().mapToLong(id -> Long.parseLong(id.group(1))).max().orElseThrow();
    }
}
