package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that follow a kept stream, or read a WebSocket, slower than the model makes it. */
@ExtendWith(ArquillianExtension.class)
class SlowFollowerIT {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Map<String, String> EVENTS = Map.of("Accept", "text/event-stream");
    private static final String MOST_CREDIT = ",\"credit\":1000000000";
    private static final byte[] TOKEN = Wire.OPENAI.token("x".repeat(4_000)).getBytes(UTF_8);

    @Deployment(testable = false)
    static WebArchive router() {
        return ConfiguredRouter.war("llm.streaming.slow-client-timeout=PT5S",
                "llm.streaming.replay-buffer-size=67108864");
    }

    private static String begin(String model, Map<String, String> headers) {
        return JsonText.parseObject(Router.exchange("POST", "/v1/streams", Router.unary(model), headers).body())
                .getString("url");
    }

    private static Events from(String url, long after) {
        return Events.of(Router.exchange("GET", url + "?after=" + after, "", EVENTS).body());
    }

    private static String endless() {
        return Fake.OPENAI.serving(Wire.OPENAI.said("go").trickle(Duration.ofMillis(1), TOKEN));
    }

    private static void awaitNoStream() {
        Fake.OPENAI.awaitQuiet();
        Await.until(() -> Router.figure("llm_streams_active", "").orElseThrow(), active -> active == 0, LONG);
    }

    @Test
    @DisplayName("T43: who follows slowly slows nobody down, and has everything in the end")
    void slowsNobody() throws IOException {
        LongAnswer answer = new LongAnswer(LongAnswer.Kind.TEXT);
        String url = begin(Fake.OPENAI.serving(answer.reply()), Map.of());
        try (SlowReader slow = SlowReader.get(url)) {
            String quick = Router.exchange("GET", url, "", EVENTS).body();
            String slowly = slow.readSlowly(100_000).readAll();
            assertThat(slowly).isEqualTo(quick);
            Events events = Events.of(quick);
            assertThat(events.isDone()).isTrue();
            assertThat(events.text()).isEqualTo(answer.expected());
        }
    }

    @Test
    @DisplayName("T43: who follows and takes nothing for the time limit is no reader any more")
    void givenUp() throws IOException {
        double before = SlowClientTests.givenUp();
        String url = begin(endless(), Map.of("X-LLM-Resume-Grace", "PT0S"));
        try (SlowReader slow = SlowReader.get(url)) {
            SlowClientTests.awaitGivenUp(before);
            awaitNoStream();
            assertThat(JsonText.parseObject(Router.get(url).body()).getString("state")).isEqualTo("cancelled");
            MergedEvents events = MergedEvents.of(slow.readAll());
            List<MergedEvents.Event> had = events.assertEndedBy("slow_client");
            assertThat(new MergedEvents(had).text("content")).matches("gox+");
        }
    }

    @Test
    @DisplayName("T51: who was given up is told after which event to come back, and has missed nothing then")
    void comesBack() throws IOException {
        LongAnswer answer = new LongAnswer(LongAnswer.Kind.TEXT);
        double before = SlowClientTests.givenUp();
        String url = begin(Fake.OPENAI.serving(answer.reply()), Map.of());
        try (SlowReader slow = SlowReader.get(url)) {
            SlowClientTests.awaitGivenUp(before);
            MergedEvents events = MergedEvents.of(slow.readAll());
            List<MergedEvents.Event> had = events.assertEndedBy("slow_client");
            assertThat(events.last().id()).isEqualTo(had.getLast().id());
            Events rest = from(url, events.last().id());
            assertThat(rest.firstId()).isEqualTo(events.last().id() + 1);
            assertThat(rest.isDone()).isTrue();
            assertThat(new MergedEvents(had).text("content") + rest.text()).isEqualTo(answer.expected());
        }
    }

    @Test
    @DisplayName("T43: on a socket the provider is read no faster than credit comes, and everything arrives once")
    void creditHoldsTheProvider() {
        LongAnswer answer = new LongAnswer(LongAnswer.Kind.TEXT);
        String model = Fake.OPENAI.serving(answer.reply());
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ",\"credit\":10");
            List<JsonObject> chunks = new ArrayList<>();
            while (chunks.size() < 10) {
                addChunk(peer.next(), chunks);
            }
            answer.awaitStandstill();
            assertThat(peer.hasNothingMore()).isTrue();
            peer.say("{\"type\":\"credit\",\"id\":\"a\",\"chunks\":1000000000}");
            peer.to(SocketPeer.type("done")).forEach(message -> addChunk(message, chunks));
            assertThat(chunks).extracting(chunk -> chunk.getJsonNumber("seq").longValue()).isSorted()
                    .doesNotHaveDuplicates();
            StringBuilder text = new StringBuilder();
            chunks.forEach(chunk -> text.append(SocketIT.text(List.of(chunk))));
            assertThat(text.toString()).isEqualTo(answer.expected());
        }
    }

    private static void addChunk(JsonObject message, List<JsonObject> chunks) {
        if (SocketPeer.type("chunk").test(message)) {
            chunks.add(message);
        }
    }

    @Test
    @DisplayName("T43: a stream whose client gives no credit for the time limit ends, with the reason")
    void noCredit() {
        double before = SlowClientTests.givenUp();
        String model = endless();
        try (SocketPeer peer = SocketPeer.connect("/ws")) {
            peer.chat("a", Router.unary(model), ",\"credit\":2");
            JsonObject error = peer.to(SocketPeer.type("error")).getLast().getJsonObject("error");
            assertThat(error.getString("code")).isEqualTo("slow_client");
            assertThat(error.getString("message")).contains("credit", "llm.streaming.slow-client-timeout");
            awaitNoStream();
            assertThat(SlowClientTests.givenUp()).isEqualTo(before + 1);
            assertThat(Router.figure("llm_streams_total", "outcome=\"slow_client\"")).hasValue(1);
            assertThat(Fake.OPENAI.requests(model)).hasSize(1);
        }
    }

    @Test
    @DisplayName("T43: a socket that takes nothing for the time limit is given up with all its streams")
    void deafSocket() {
        double before = SlowClientTests.givenUp();
        try (SocketPeer peer = SocketPeer.connectDeaf("/ws")) {
            peer.chat("a", Router.unary(endless()), MOST_CREDIT + ",\"resume_grace\":\"PT0S\"");
            String waits = Fake.OPENAI.serving(Wire.OPENAI.said("so far").stall());
            peer.chat("b", Router.unary(waits), MOST_CREDIT + ",\"resume_grace\":\"PT0S\"");
            SlowClientTests.awaitGivenUp(before);
            awaitNoStream();
            peer.hear();
            assertThat(peer.awaitClose()).contains("llm.streaming.slow-client-timeout");
        }
    }
}
