package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketIT extends DeployedRouter {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String ALL = ",\"credit\":1000";

    static String text(List<JsonObject> messages) {
        StringBuilder text = new StringBuilder();
        messages.stream().filter(SocketPeer.type("chunk")).forEach(message -> {
            JsonArray choices = message.getJsonObject("chunk").getJsonArray("choices");
            choices.forEach(choice -> text.append(choice.asJsonObject().getJsonObject("delta").getString("content", "")));
        });
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(value = Fake.class, names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    void aStreamComesAsMessages(Fake fake) {
        String model = fake.serving(fake.wire().answer("one", " two"));
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.chat(model, "Hi", ",\"stream_options\":{\"include_usage\":true}"), ALL);
            assertThat(peer.next().getString("stream_id")).startsWith("req_");
            List<JsonObject> messages = peer.to(SocketPeer.type("done"));
            assertThat(text(messages)).isEqualTo("one two");
            assertThat(messages).allSatisfy(message -> assertThat(message.getString("id")).isEqualTo("a"));
            for (int i = 0; i < messages.size(); i++) {
                assertThat(messages.get(i).getInt("seq")).isEqualTo(i + 1);
            }
            assertThat(messages.stream().filter(SocketPeer.type("usage"))).singleElement()
                    .satisfies(usage -> assertThat(usage.getJsonObject("usage").getInt("total_tokens")).isPositive());
        }
    }

    @Test
    @DisplayName("T49: many streams share a socket; one that fails leaves the others alone")
    void manyStreamsOnOneSocket() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String slow = Fake.OPENAI.serving(Wire.OPENAI.said("slow").awaitLatch(go).send(Wire.OPENAI.ending()));
        String cut = Fake.OPENAI.serving(Wire.OPENAI.said("cut").cut());
        String refused = Fake.OPENAI.serving(Wire.OPENAI.refusal(400, "no"));
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("slow", Router.unary(slow), ALL);
            peer.chat("cut", Router.unary(cut), ALL);
            peer.chat("refused", Router.unary(refused), ALL);
            List<JsonObject> errors = peer.to(SocketPeer.type("error"));
            errors.addAll(peer.to(SocketPeer.type("error")));
            assertThat(errors.stream().filter(SocketPeer.type("error")).map(error -> error.getString("id")))
                    .containsExactlyInAnyOrder("cut", "refused");
            go.countDown();
            assertThat(peer.to(SocketPeer.type("done")).getLast().getString("id")).isEqualTo("slow");
        }
    }

    @Test
    @DisplayName("No more chunks are sent than the client gave credit for, and the upstream is read no further")
    void creditIsKept() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("1", "2", "3", "4", "5"));
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), "");
            assertThat(peer.next().getInt("credit")).isZero();
            peer.say("{\"type\":\"credit\",\"id\":\"a\",\"chunks\":2}");
            assertThat(peer.next().getInt("seq")).isEqualTo(1);
            assertThat(peer.next().getInt("seq")).isEqualTo(2);
            // A pong takes the same way: what had been sent before it would have come before it.
            peer.say("{\"type\":\"ping\",\"id\":\"p\"}");
            assertThat(peer.next()).isEqualTo(JsonText.parseObject("{\"type\":\"pong\",\"id\":\"p\"}"));
            peer.say("{\"type\":\"credit\",\"id\":\"a\",\"chunks\":100}");
            assertThat(text(peer.to(SocketPeer.type("done")))).endsWith("345");
        }
    }

    @Test
    void aCancelReachesTheUpstreamAlsoWhileItWaitsForCredit() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first", "second").stall());
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ",\"credit\":1");
            peer.to(SocketPeer.type("chunk"));
            peer.say("{\"type\":\"cancel\",\"id\":\"a\"}");
            JsonObject error = peer.to(SocketPeer.type("error")).getLast();
            assertThat(error.getJsonObject("error").getString("code")).isEqualTo("cancelled");
            Fake.OPENAI.awaitQuiet();
            peer.chat("a", Router.unary("demo"), ALL);
            assertThat(peer.to(SocketPeer.type("done")).getLast().getString("id")).as("the id is free again").isEqualTo("a");
        }
    }

    @Test
    @DisplayName("T51: so does one that comes from elsewhere, and its reason is told")
    void aCancelFromElsewhereReachesAStreamThatWaitsForCredit() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first", "second").stall());
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ",\"credit\":1");
            String streamId = peer.next().getString("stream_id");
            peer.to(SocketPeer.type("chunk"));
            assertThat(Router.exchange("DELETE", "/v1/streams/" + streamId, "", Map.of()).statusCode()).isEqualTo(204);
            // Far sooner than a client without credit counts as slow.
            JsonObject error = peer.to(SocketPeer.type("error")).getLast();
            assertThat(error.getJsonObject("error").getString("code")).isEqualTo("cancelled");
            Fake.OPENAI.awaitQuiet();
        }
    }

    @Test
    @DisplayName("T51: what began on a socket goes on by server-sent events, and the other way round")
    void startsHereAndResumesThere() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").awaitLatch(go).send(Wire.OPENAI.token("second"))
                .send(Wire.OPENAI.ending()));
        String streamId;
        int seen;
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ALL);
            streamId = peer.next().getString("stream_id");
            seen = peer.to(message -> text(List.of(message)).equals("first")).getLast().getInt("seq");
        }
        go.countDown();
        HttpResponse<String> rest = Router.exchange("GET", "/v1/streams/" + streamId + "?after=" + seen, "",
                Map.of("Accept", "text/event-stream"));
        Events events = Events.of(rest.body());
        assertThat(events.firstId()).isEqualTo(seen + 1);
        assertThat(events.text()).isEqualTo("second");
        assertThat(events.isDone()).isTrue();

        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.say("{\"type\":\"resume\",\"id\":\"b\",\"stream_id\":\"" + streamId + "\",\"after\":" + seen
                    + ",\"credit\":100}");
            List<JsonObject> messages = peer.to(SocketPeer.type("done"));
            assertThat(text(messages)).isEqualTo("second");
            assertThat(messages.get(1).getInt("seq")).isEqualTo(seen + 1);
        }
    }

    @Test
    @DisplayName("T51: who resumes after the last event of an ended stream is told once more how it ended")
    void aResumeAtTheEndSaysSo() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("one"), Wire.OPENAI.said("cut").cut());
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            for (String end : List.of("done", "error")) {
                peer.chat("a", Router.unary(model), ALL);
                String streamId = peer.next().getString("stream_id");
                JsonObject last = peer.to(SocketPeer.type(end)).getLast();
                peer.say("{\"type\":\"resume\",\"id\":\"a\",\"stream_id\":\"" + streamId + "\",\"after\":"
                        + last.getInt("seq") + "}");
                assertThat(peer.next().getString("type")).isEqualTo("started");
                assertThat(peer.next()).isEqualTo(last);
            }
        }
    }

    @Test
    void aStreamNobodyComesBackToIsCancelled() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        SocketPeer peer = SocketPeer.connect("/ws");
        peer.chat("a", Router.unary(model), ALL + ",\"resume_grace\":\"PT0S\"");
        peer.to(SocketPeer.type("chunk"));
        peer.close();
        Fake.OPENAI.awaitQuiet();
        Await.until(() -> Router.figure("llm_streams_active", "").orElse(-1), open -> open == 0, LONG);
    }

    @Test
    @DisplayName("Credit and a cancel that cross the end of their stream are no error: their client could not know")
    void whatCrossesTheEndIsIgnored() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("one"), Wire.OPENAI.answer("two"));
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ALL);
            peer.to(SocketPeer.type("done"));
            peer.say("{\"type\":\"credit\",\"id\":\"a\",\"chunks\":1}");
            peer.say("{\"type\":\"cancel\",\"id\":\"a\"}");
            peer.chat("a", Router.unary(model), ALL);
            assertThat(peer.next().getString("type")).isEqualTo("started");
            assertThat(text(peer.to(SocketPeer.type("done")))).isEqualTo("two");
        }
    }

    @Test
    void whatIsNotUnderstoodIsToldAndTheSocketStaysOpen() {
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            for (String message : List.of("no json", "[]", "{}", "{\"type\":\"smoke\"}", "{\"type\":\"chat\",\"id\":\"a\"}",
                    "{\"type\":\"credit\",\"id\":\"nobody\",\"chunks\":1}", "{\"type\":\"credit\",\"id\":\"a\",\"chunks\":0}",
                    "{\"type\":\"resume\",\"id\":\"a\",\"stream_id\":\"req_0\"}",
                    "{\"type\":\"chat\",\"id\":\"a\",\"request\":{\"model\":\"demo\",\"messages\":[]}}")) {
                peer.say(message);
                assertThat(peer.next().getString("type")).as(message).isEqualTo("error");
            }
            peer.say("{\"type\":\"ping\"}");
            assertThat(peer.next().getString("type")).isEqualTo("pong");
        }
    }

    @Test
    @DisplayName("What the provider has no word for is named by the first chunk, and by the stream's state")
    void droppedParametersAreNamed() {
        String model = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("one", "two"));
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.chat(model, "Hi", ",\"seed\":7"), ALL);
            String streamId = peer.next().getString("stream_id");
            List<JsonObject> messages = peer.to(SocketPeer.type("done"));
            assertThat(messages.getFirst().getJsonArray("dropped_params")).hasToString("[\"seed\"]");
            assertThat(messages.stream().filter(message -> message.containsKey("dropped_params"))).hasSize(1);
            assertThat(JsonText.parseObject(Router.get("/v1/streams/" + streamId).body()).getJsonArray("dropped_params"))
                    .hasToString("[\"seed\"]");
        }
    }

    @Test
    @DisplayName("What a request over HTTP wishes by its headers is a member here, and what is wrong of it is refused")
    void headersForTheWay() {
        String first = Fake.OPENAI.serving(Wire.OPENAI.answer("one"));
        String second = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("two"));
        String request = Router.chat(first, "Hi", ",\"models\":[" + JsonText.quote(second) + "]");
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", request, ALL + ",\"headers\":{\"X-LLM-Parallel\":\"2\"}");
            assertThat(peer.to(SocketPeer.type("done")).stream().filter(SocketPeer.type("chunk"))
                    .map(message -> message.getJsonObject("chunk").getString("provider")).distinct()).hasSize(2);
            peer.chat("b", request, ALL + ",\"headers\":{\"X-LLM-Race\":\"many\"}");
            assertThat(peer.next().getJsonObject("error").getString("message"))
                    .isEqualTo("the header X-LLM-Race must be a whole number from 1 to 8, was 'many'");
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {1, 2})
    @DisplayName("T35: a frame of half a gigabyte, of text or binary, is refused by what it announces")
    void aHugeFrameIsNotWaitedFor(byte kind) throws IOException {
        try (SocketClient client = SocketClient.connect().get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 101 ");
            client.write(ByteBuffer.allocate(14).put((byte) (0x80 | kind)).put((byte) 0xff).putLong(512L << 20).putInt(0)
                    .array());
            client.readTo("\u0003\u00f1");
        }
    }

    @Test
    void aMessageThatIsTooLargeClosesTheSocketWithTheReason() {
        SocketPeer peer = SocketPeer.connect("/ws");
        peer.say("{\"type\":\"ping\",\"id\":\"" + "x".repeat(70_000) + "\"}");
        assertThat(peer.awaitClose()).startsWith("1009 ").contains("llm.websocket.max-message-size");
    }

    @Test
    void pagesOfOtherHostsMayNotConnect() {
        assertThatThrownBy(() -> SocketPeer.connect("/ws", "Origin", "https://evil.example.org"))
                .hasRootCauseMessage("Unexpected HTTP response status code 403");
        SocketPeer.connect("/ws", "Origin", "http://localhost:" + Router.PORT).close();
    }

    @Test
    @DisplayName("T49: who does not upgrade is told so at once")
    void plainRequestsAreToldAtOnce() {
        HttpResponse<String> response = Router.get("/ws");
        assertThat(response.statusCode()).isEqualTo(426);
        assertThat(Router.error(response).getString("message")).contains("/v1/streams");
    }

    @Test
    void aTicketIsWorthOneConnection() {
        HttpResponse<String> issued = Router.exchange("POST", "/v1/tickets", "", Map.of());
        assertThat(issued.statusCode()).isEqualTo(201);
        String url = JsonText.parseObject(issued.body()).getString("url");
        try (SocketPeer peer = SocketPeer.connect(url)) {
            peer.say("{\"type\":\"ping\"}");
            assertThat(peer.next().getString("type")).isEqualTo("pong");
        }
        assertThatThrownBy(() -> SocketPeer.connect(url)).hasRootCauseMessage("Unexpected HTTP response status code 401");
    }
}
