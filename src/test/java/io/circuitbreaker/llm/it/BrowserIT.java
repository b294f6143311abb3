package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at / and its client.js in a real browser, with a proxy in between that cuts connections. */
class BrowserIT extends DeployedRouter {

    private static final int CUTS = 10;
    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    static final ProxiedBrowser PAGE = new ProxiedBrowser();

    @BeforeEach
    void openPage() {
        PAGE.open("/");
        Await.until(() -> PAGE.browser().text("models"), models -> models.contains("demo"), LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("Each token is to be seen before the next is made")
    void tokenByToken(String transport) throws IOException {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("one ").awaitLatch(second).send(Wire.OPENAI.token("two ✓"))
                .awaitLatch(end).send(Wire.OPENAI.ending()));
        PAGE.send(transport, model);
        PAGE.awaitAnswer("one ");
        second.countDown();
        PAGE.awaitAnswer("one two ✓");
        PAGE.awaitState("Streaming");
        end.countDown();
        PAGE.awaitState("Complete");
        PAGE.browser().screenshot(Path.of("target", "page-" + transport + ".png"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void stopReachesTheProvider(String transport) {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        PAGE.send(transport, model);
        PAGE.awaitAnswer("first");
        assertThat(Fake.OPENAI.provider().activeStreams()).isPositive();
        PAGE.browser().run("document.getElementById('stop').click()");
        PAGE.awaitState("Stopped by you");
        Fake.OPENAI.awaitQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("T51: a cut connection is made anew, with what was made in between and nothing twice")
    void goesOnAfterACut(String transport) {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("before, ").awaitLatch(go)
                .send(Wire.OPENAI.token("while away, "), Wire.OPENAI.token("after")).send(Wire.OPENAI.ending()));
        PAGE.send(transport, model);
        PAGE.awaitAnswer("before, ");
        PAGE.proxy().cut();
        go.countDown();
        PAGE.awaitState("Complete");
        assertThat(PAGE.browser().text("answer")).isEqualTo("before, while away, after");
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("T51: cut again and again in the middle of events and characters, the answer is whole to the character")
    void goesOnAfterManyCuts(String transport) {
        String[] pieces = IntStream.range(0, 80).mapToObj(i -> i + "é✓😀 ").toArray(String[]::new);
        String model = Fake.OPENAI.serving(FakeReply.openAi(pieces));
        // Some events, and a part of one.
        PAGE.proxy().silenceEachAfter(1001);
        PAGE.send(transport, model);
        String seen = "";
        for (int left = CUTS; left > 0; left--) {
            seen = awaitMoreThan(seen);
            if (left == 1) {
                PAGE.proxy().passAll();
            }
            PAGE.proxy().cut();
        }
        PAGE.awaitState("Complete");
        assertThat(PAGE.browser().text("answer")).isEqualTo(String.join("", pieces));
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
        String streams = transport.equals("websocket") ? "GET /ws" : "GET /v1/streams/";
        assertThat(PAGE.proxy().requests()).filteredOn(request -> request.startsWith(streams)).hasSizeGreaterThan(CUTS);
    }

    /** A browser may drop what its page has not read when a connection is cut, so each is cut only after the page has. */
    private static String awaitMoreThan(String seen) {
        PAGE.proxy().awaitSilent(LONG);
        return Await.until(() -> PAGE.browser().text("answer"), now -> now.length() > seen.length(), LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void aBrokenAnswerDoesNotLookComplete(String transport) {
        PAGE.send(transport, Fake.OPENAI.serving(Wire.OPENAI.said("so far").cut()));
        PAGE.awaitState("Failed within the answer");
        assertThat(PAGE.browser().text("state")).contains("stream_closed_early");
        assertThat(PAGE.browser().text("answer")).isEqualTo("so far");
    }
}
