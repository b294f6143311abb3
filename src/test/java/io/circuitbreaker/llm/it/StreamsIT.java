package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StreamsIT extends DeployedRouter {

    private static final Map<String, String> EVENTS = Map.of("Accept", "text/event-stream");
    private static final String RESUME = "X-LLM-Resume-Grace";
    private static final Pattern STREAM_URL = Pattern.compile("(?i)x-stream-url: (\\S+)");
    private static final Pattern LAST_ID = Pattern.compile("\nid: (\\d+)\n");
    private static final Duration LONG = Duration.ofSeconds(20);

    private static JsonObject begun(String model, Map<String, String> headers) {
        HttpResponse<String> response = Router.exchange("POST", "/v1/streams", Router.unary(model), headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        JsonObject stream = JsonText.parseObject(response.body());
        assertThat(response.headers().firstValue("location")).hasValue(Router.URL + stream.getString("url"));
        return stream;
    }

    private static HttpResponse<String> events(String url, Map<String, String> more) {
        return Router.exchange("GET", url, "", more);
    }

    private static Events all(String url) {
        HttpResponse<String> response = events(url, EVENTS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Events.of(response.body());
    }

    private static JsonObject state(String url) {
        return JsonText.parseObject(Router.get(url).body());
    }

    private static JsonObject awaitState(String url, String state) {
        return Await.until(() -> state(url), now -> now.getString("state").equals(state), LONG);
    }

    @ParameterizedTest
    @EnumSource(value = Fake.class, names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T51: from any event on, a reconnect gets what follows and nothing twice, while it runs and after it")
    void goesOnFromAnyEvent(Fake fake) {
        String model = fake.serving(fake.wire().answer("one", " two", " three", " four"));
        String url = begun(model, Map.of()).getString("url");
        Events whole = all(url);
        assertThat(whole.firstId()).isEqualTo(1);
        assertThat(whole.text()).isEqualTo("one two three four");
        assertThat(whole.isDone()).isTrue();
        for (int seen = 0; seen < whole.data().size(); seen++) {
            HttpResponse<String> rest = events(url, Map.of("Accept", "text/event-stream", "Last-Event-ID", "" + seen));
            Events events = Events.of(rest.body());
            assertThat(events.firstId()).isEqualTo(seen + 1);
            assertThat(events.data()).isEqualTo(whole.data().subList(seen, whole.data().size()));
            assertThat(Events.of(events(url + "?after=" + seen, EVENTS).body())).isEqualTo(events);
        }
        HttpResponse<String> nothing = events(url, Map.of("Accept", "text/event-stream", "Last-Event-ID",
                "" + whole.data().size()));
        assertThat(nothing.statusCode()).as("ends an EventSource").isEqualTo(204);
        assertThat(fake.requests(model)).hasSize(1);
    }

    @Test
    void severalReadersFollowOneStreamWhileItIsMade() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").awaitLatch(go).send(Wire.OPENAI.token("second")).send(Wire.OPENAI.ending()));
        String url = begun(model, Map.of()).getString("url");
        Await.until(() -> state(url), now -> now.getInt("last_event_id") > 0, LONG);
        assertThat(state(url).getString("state")).isEqualTo("running");
        assertThat(state(url).getString("text")).isEqualTo("first");
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Events>> all = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                all.add(readers.submit(() -> all(url)));
            }
            go.countDown();
            for (Future<Events> reader : all) {
                assertThat(reader.get().text()).isEqualTo("firstsecond");
                assertThat(reader.get().isDone()).isTrue();
            }
        }
        JsonObject ended = awaitState(url, "complete");
        assertThat(ended.getString("text")).isEqualTo("firstsecond");
        assertThat(ended.getBoolean("text_is_whole")).isTrue();
    }

    @Test
    @DisplayName("T48: what broke off is never replayed as a whole answer, and each replay is the same")
    void aBrokenAnswerEndsWithItsErrorForEveryReader() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("so far").cut());
        String url = begun(model, Map.of()).getString("url");
        Events live = all(url);
        live.assertFailed("stream_closed_early");
        JsonObject state = awaitState(url, "failed");
        assertThat(List.of(all(url), all(url))).containsOnly(live);
        assertThat(state.getString("text")).isEqualTo("so far");
        assertThat(state.getJsonObject("error").getString("code")).isEqualTo("stream_closed_early");
    }

    @Test
    void aFailureBeforeTheFirstTokenIsAnEventToo() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.refusal(400, "no"));
        String url = begun(model, Map.of()).getString("url");
        JsonObject state = awaitState(url, "failed");
        assertThat(state.getJsonObject("error").getString("message")).contains("no");
        assertThat(all(url).json()).singleElement().satisfies(event -> assertThat(event).containsKey("error"));
    }

    @Test
    void deletingCancelsTheUpstream() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        String url = begun(model, Map.of()).getString("url");
        Await.until(() -> state(url), now -> now.getInt("last_event_id") > 0, LONG);
        assertThat(Router.request("DELETE", url).statusCode()).isEqualTo(204);
        Fake.OPENAI.awaitQuiet();
        JsonObject state = awaitState(url, "cancelled");
        assertThat(state.getJsonObject("error").getString("message")).contains("cancelled by its client");
        all(url).assertFailed("cancelled");
    }

    @Test
    @DisplayName("The stream goes on while its client is away, and is cancelled when nobody comes back")
    void nobodyComesBack() throws IOException {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        String url = begun(model, Map.of(RESUME, "PT0S")).getString("url");
        SocketClient reader = SocketClient.connect().get(url, "Accept: text/event-stream\r\n");
        reader.readTo("first");
        assertThat(state(url).getString("state")).isEqualTo("running");
        reader.reset();
        // A heartbeat finds out that the reader is gone.
        awaitState(url, "cancelled");
        Fake.OPENAI.awaitQuiet();
    }

    @ParameterizedTest
    @CsvSource({"?heartbeat=event, 'event: heartbeat\ndata: {}\n\n'", "?heartbeat=comment, ': ping\n'", "'', ': ping\n'"})
    void aSilenceHasHeartbeatsOfTheKindThatItsReaderSees(String query, String heartbeat) throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").awaitLatch(go).send(Wire.OPENAI.ending()));
        JsonObject stream = begun(model, Map.of());
        assertThat(stream.getInt("heartbeat_ms")).isEqualTo(2000);
        try (SocketClient reader = SocketClient.connect().get(stream.getString("url") + query, "Accept: text/event-stream\r\n")) {
            reader.readTo("first");
            assertThat(reader.readTo(heartbeat)).doesNotContain("error");
            go.countDown();
            assertThat(reader.readTo("[DONE]")).contains("id: ");
        }
        assertThat(events(stream.getString("url") + "?heartbeat=often", EVENTS).statusCode()).isEqualTo(400);
    }

    @Test
    @DisplayName("T51: chat completions can be resumed too, from the id of the last event that came")
    void chatCompletionsCanBeResumed() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").awaitLatch(go).send(Wire.OPENAI.token("second")).send(Wire.OPENAI.ending()));
        SocketClient client = SocketClient.connect().post(Router.streaming(model), RESUME + ": PT30S\r\n");
        String seen = client.readTo("first");
        String url = STREAM_URL.matcher(seen).results().findFirst().orElseThrow().group(1);
        long last = LAST_ID.matcher(seen).results().mapToLong(id -> Long.parseLong(id.group(1))).max().orElseThrow();
        client.reset();
        go.countDown();
        awaitState(url, "complete");
        Events rest = Events.of(events(url + "?after=" + last, EVENTS).body());
        assertThat(rest.text()).isEqualTo("second");
        assertThat(rest.isDone()).isTrue();
    }

    @Test
    @DisplayName("T50: what cannot be honoured is refused and never ignored")
    void whatCannotBeIsRefused() {
        String url = begun(Fake.OPENAI.serving(FakeReply.openAi("fine")), Map.of()).getString("url");
        awaitState(url, "complete");
        assertThat(events(url + "?after=999", EVENTS).statusCode()).isEqualTo(404);
        assertThat(events(url + "?after=x", EVENTS).statusCode()).isEqualTo(400);
        assertThat(events("/v1/streams/req_0", EVENTS).statusCode()).isEqualTo(404);
        assertThat(Router.request("DELETE", "/v1/streams/req_0").statusCode()).isEqualTo(404);
        assertThat(Router.exchange("POST", "/v1/streams", Router.unary("demo"), Map.of(RESUME, "PT10H")).statusCode())
                .isEqualTo(400);
        HttpResponse<String> whole = Router.exchange("POST", "/v1/chat/completions", Router.unary("demo"),
                Map.of(RESUME, "PT10S"));
        assertThat(whole.statusCode()).isEqualTo(400);
        assertThat(Router.error(whole).getString("param")).isEqualTo("stream");
    }

    @Test
    void aCursorThatHasLeftTheBufferIsToldSo() {
        String[] words = new String[300];
        Arrays.fill(words, "x".repeat(200));
        String url = begun(Fake.OPENAI.serving(Wire.OPENAI.answer(words)), Map.of()).getString("url");
        JsonObject ended = awaitState(url, "complete");
        assertThat(ended.getBoolean("text_is_whole")).isFalse();
        Events events = Events.of(events(url, EVENTS).body());
        events.assertFailed("expired");
        assertThat(events.error().getString("message")).contains("are not kept any more; the oldest is");
    }

}
