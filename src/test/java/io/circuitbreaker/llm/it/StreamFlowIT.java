package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When things are sent, and how a stream ends. The heartbeat is due after 2 s of silence. */
class StreamFlowIT extends DeployedRouter {

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T37 T42 T53 T56: a token is with the client before the provider makes the next one")
    void tokensAreNotHeldBack(Fake fake) throws IOException {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        String model = fake.serving(fake.wire().said("first").awaitLatch(second).send(fake.wire().token("second"))
                .awaitLatch(end).send(fake.wire().ending()));
        try (SocketClient client = SocketClient.connect().post(Router.streaming(model))) {
            // No heartbeat before a token: that would have carried a token that was held back.
            assertThat(client.readTo("first")).doesNotContain(": ping");
            second.countDown();
            assertThat(client.readTo("second")).doesNotContain(": ping");
            end.countDown();
            assertThat(client.readTo("[DONE]\n\n")).doesNotContain(": ping");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T08 T09: heartbeats come between whole events only, and no event is blank")
    void heartbeatsKeepASilentStreamAlive(Fake fake) {
        FakeReply reply = fake.wire().said("before the silence").delay(Duration.ofMillis(4_500))
                .send(fake.wire().token(", after it")).send(fake.wire().ending());
        HttpResponse<String> response = Router.post(Router.streaming(fake.serving(reply)));
        Events events = Events.of(response.body());
        assertThat(events.heartbeats()).isBetween(1, 2);
        assertThat(events.text()).isEqualTo("before the silence, after it");
        assertThat(events.isDone()).isTrue();
    }

    @Test
    @DisplayName("T08: heartbeats and tokens at once leave every event whole")
    void heartbeatsDoNotCutEvents() {
        String token = Wire.OPENAI.token("x".repeat(3000));
        FakeReply reply = Wire.OPENAI.said("go");
        for (int i = 0; i < 6; i++) {
            // Cut within the event: the rest comes when the heartbeat is due or was just written.
            reply = reply.send(token.substring(0, 1500)).delay(Duration.ofMillis(1_000)).send(token.substring(1500));
        }
        Events events = Events.of(Router.post(Router.streaming(
                Fake.OPENAI.serving(reply.send(Wire.OPENAI.ending())))).body());
        assertThat(events.text()).isEqualTo("go" + "x".repeat(6 * 3000));
        assertThat(events.isDone()).isTrue();
    }

    @Test
    @DisplayName("T11: a silence before the first token ends the wait for a status; a failure then comes as an event")
    void heartbeatBeforeTheFirstTokenCommits() {
        String model = Fake.OPENAI.serving(
                Wire.OPENAI.refusal(429, "slow down").delayHead(Duration.ofMillis(2_500)));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-request-id")).isPresent();
        Events.of(response.body()).assertFailed("rate_limit_exceeded");
        assertThat(Events.of(response.body()).heartbeats()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T11 T17 T23: an error before the first token has a status, also if the stream had begun with 200")
    void errorBeforeTheFirstTokenHasAStatus(Fake fake) {
        FakeReply reply = FakeReply.sse().send(fake.wire().beginning()).send(fake.wire().errorEvent("it broke"));
        String model = fake.serving(reply);
        for (String request : new String[] {Router.streaming(model), Router.unary(model)}) {
            HttpResponse<String> response = Router.post(request);
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(Router.error(response).getString("code")).isEqualTo("provider_error");
            assertThat(Router.error(response).getString("message")).contains("it broke");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T25 T26 T27: an empty stream is an error")
    void anEmptyStreamIsAnError(Fake fake) {
        String model = fake.serving(FakeReply.sse().send(fake.wire().beginning()));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(Router.error(response).getString("code")).isEqualTo("stream_closed_early");
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T28 T55: an error after the first token is one last event")
    void errorAfterTheFirstTokenIsAnEvent(Fake fake) {
        String model = fake.serving(fake.wire().said("so far").send(fake.wire().errorEvent("it broke")));
        Events events = Events.of(Router.post(Router.streaming(model)).body());
        assertThat(events.text()).isEqualTo("so far");
        assertThat(events.assertFailed("provider_error").getString("message")).contains("it broke");
        assertThat(Router.post(Router.unary(model)).statusCode()).isEqualTo(502);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPENAI", "ANTHROPIC", "GOOGLE"})
    @DisplayName("T25 T26 T55: a stream that the provider cuts never looks complete, and says so once")
    void aCutStreamFails(Fake fake) {
        CountDownLatch read = new CountDownLatch(1);
        FakeReply begun = fake.wire().said("so far");
        for (FakeReply broken : new FakeReply[] {begun.cut(), begun.end(), begun.delimitedByClose().cut(),
            begun.awaitLatch(read).reset()}) {
            HttpResponse<java.io.InputStream> response = Router.open(Router.streaming(fake.serving(broken)));
            read.countDown();
            Events events = Events.of(text(response));
            assertThat(events.text()).isEqualTo("so far");
            events.assertFailed("stream_closed_early");
        }
        assertThat(Router.post(Router.unary(fake.serving(begun.cut()))).statusCode()).isEqualTo(502);
    }

    @Test
    @DisplayName("T31: a finish and the end of the body are a complete answer, with the client's [DONE] added")
    void aFinishWithoutATerminatorIsComplete() {
        String[] ending = Wire.OPENAI.ending();
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("all").send(ending[0]));
        assertThat(Events.of(Router.post(Router.streaming(model)).body()).data()).endsWith(Events.DONE);
    }

    @Test
    @DisplayName("T12: a provider that goes on sending heartbeats after the finish is not waited for")
    void aFinishedStreamEndsThoughTheProviderStaysOnTheLine() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("all").send(Wire.OPENAI.ending()[0])
                .trickle(Duration.ofMillis(200), ": still here\n\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        Events events = Events.of(Router.post(Router.streaming(model)).body());
        assertThat(events.text()).isEqualTo("all");
        assertThat(events.isDone()).isTrue();
        Fake.OPENAI.awaitQuiet();
    }

    @Test
    @DisplayName("T32: JSON for a request to stream is streamed")
    void aDocumentIsStreamed() {
        String model = Fake.OPENAI.serving(FakeReply.status(200).body("application/json", """
                {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
                "finish_reason":"stop","message":{"role":"assistant","content":"whole"}}]}"""));
        Events events = Events.of(Router.post(Router.streaming(model)).body());
        assertThat(events.text()).isEqualTo("whole");
        assertThat(events.isDone()).isTrue();
    }

    private static String text(HttpResponse<java.io.InputStream> response) {
        try (java.io.InputStream body = response.body()) {
            return new String(body.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
