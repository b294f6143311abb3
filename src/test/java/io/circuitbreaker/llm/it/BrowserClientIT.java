package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** client.js by itself in a real browser: what the page at / does not use of it, or cannot show. */
class BrowserClientIT extends DeployedRouter {

    private static final int CREDIT = 4;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String[] PIECES = IntStream.range(0, 30).mapToObj(i -> i + "é✓😀 ").toArray(String[]::new);

    @RegisterExtension
    static final ProxiedBrowser PAGE = new ProxiedBrowser();

    @BeforeEach
    void openPage() {
        // A document of the same origin in which nothing runs.
        PAGE.open("/client.js");
    }

    /** What the page then has: {@code text}, and {@code end} when there is one. */
    private static void read(String transport, String options, String model) {
        assertThat(PAGE.browser().await("""
                const { RouterClient } = await import("/client.js");
                const client = new RouterClient({ transport: "%s", ...%s });
                const stream = client.chat({ model: %s, messages: [{ role: "user", content: "Hi" }] });
                window.text = "";
                window.end = "";
                const all = async () => {
                  for await (const chunk of stream) {
                    text += chunk.choices[0]?.delta?.content ?? "";
                  }
                };
                all().then(() => { end = "complete"; }, (e) => { end = `${e.name} ${e.code}: ${e.message}`; });
                return "begun";
                """.formatted(transport, options, JsonText.quote(model)))).isEqualTo("begun");
    }

    private static void awaitComplete(String text) {
        assertThat(Await.until(() -> PAGE.browser().run("return end"), end -> !end.isEmpty(), LONG)).isEqualTo("complete");
        assertThat(PAGE.browser().run("return text")).isEqualTo(text);
    }

    private static long connections(String transport) {
        String request = transport.equals("websocket") ? "GET /ws" : "GET /v1/streams/";
        return PAGE.proxy().requests().stream().filter(line -> line.startsWith(request)).count();
    }

    @ParameterizedTest
    @CsvSource({"fetch, {}", "eventsource, {}", "websocket, { silence: 3000 }"})
    @DisplayName("T51: a connection that says nothing any more is given up, and the stream goes on over another")
    void aSilentConnectionIsTakenForCut(String transport, String options) {
        String model = Fake.OPENAI.serving(FakeReply.openAi(PIECES));
        PAGE.proxy().silenceEachAfter(1001);
        read(transport, options, model);
        PAGE.proxy().awaitSilent(LONG);
        PAGE.proxy().passAll();
        awaitComplete(String.join("", PIECES));
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
        // An EventSource does not say what is wrong, so client.js asks once how the stream is.
        assertThat(connections(transport)).isEqualTo(transport.equals("eventsource") ? 3 : 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("A model that thinks for longer than a connection may be silent: heartbeats keep it")
    void heartbeatsAreSignsOfLife(String transport) {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("before, ").awaitLatch(go)
                .send(Wire.OPENAI.token("after")).send(Wire.OPENAI.ending()));
        read(transport, "{ silence: 3000 }", model);
        Await.until(() -> PAGE.browser().run("return text"), "before, "::equals, LONG);
        // The router of the tests has a heartbeat each 2 s, and a socket a pong each 1.2 s.
        PAGE.proxy().awaitPieces(4, LONG);
        go.countDown();
        awaitComplete("before, after");
        assertThat(connections(transport)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"fetch, false", "fetch, true", "eventsource, false", "eventsource, true"})
    @DisplayName("T51: a stream whose beginning is not answered is given up after the silence, and its reader can cancel")
    void aBeginningIsNotWaitedForForEver(String transport, boolean cancel) {
        assertThat(PAGE.browser().await("""
                window.fetch = (_, { signal }) => new Promise((_, reject) =>
                  signal.addEventListener("abort", () => reject(signal.reason)));
                const { RouterClient } = await import("/client.js");
                const stream = new RouterClient({ transport: "%s", silence: %s })
                  .chat({ model: "demo", messages: [{ role: "user", content: "Hi" }] });
                const end = stream[Symbol.asyncIterator]().next().then(() => "read", (e) => e.code);
                if (%s) {
                  stream.cancel();
                }
                return await end;
                """.formatted(transport, cancel ? "null" : "300", cancel)))
                .isEqualTo(cancel ? "cancelled" : "connection_lost");
    }

    @Test
    @DisplayName("A request that is too large for a message is refused with the reason: it is not worth another try")
    void whatIsTooLargeForASocketIsNotLost() {
        assertThat(PAGE.browser().await("""
                const { RouterClient } = await import("/client.js");
                const stream = new RouterClient({ transport: "websocket" })
                  .chat({ model: "demo", messages: [{ role: "user", content: "x".repeat(70000) }] });
                try {
                  await stream[Symbol.asyncIterator]().next();
                  return "read";
                } catch (e) {
                  return `${e.code} ${e.lost} ${e.message}`;
                }
                """)).startsWith("request_too_large false ").contains("llm.websocket.max-message-size");
        assertThat(connections("websocket")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("Headers for the way of a request go with each transport")
    void theWishesOfHeadersAreKnown(String transport) {
        assertThat(PAGE.browser().await("""
                const { RouterClient } = await import("/client.js");
                const stream = new RouterClient({ transport: "%s",
                    headers: { "X-LLM-Race": "many", "X-LLM-Resume-Grace": "PT1M", "X-Other": "1" } })
                  .chat({ model: "demo", messages: [{ role: "user", content: "Hi" }] });
                try {
                  await stream[Symbol.asyncIterator]().next();
                  return "read";
                } catch (e) {
                  return e.message;
                }
                """.formatted(transport))).isEqualTo("the header X-LLM-Race must be a whole number from 1 to 8, was 'many'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void whatIsCancelledBeforeItIsReadIsNotBegun(String transport) {
        assertThat(PAGE.browser().await("""
                const { RouterClient } = await import("/client.js");
                const stream = new RouterClient({ transport: "%s" })
                  .chat({ model: "demo", messages: [{ role: "user", content: "Hi" }] });
                await stream.cancel();
                try {
                  await stream[Symbol.asyncIterator]().next();
                  return "read";
                } catch (e) {
                  return e.code + e.type;
                }
                """.formatted(transport))).isEqualTo("cancelled");
        assertThat(PAGE.proxy().requests()).noneMatch(line -> line.startsWith("POST ") || line.startsWith("GET /ws"));
    }

    @Test
    void aSocketBringsNoMoreChunksThanItsReaderHasTakenAndTheCredit() {
        String model = Fake.OPENAI.serving(FakeReply.openAi(PIECES));
        assertThat(PAGE.browser().await("""
                const { RouterClient } = await import("/client.js");
                window.received = 0;
                window.WebSocket = class extends WebSocket {
                  constructor(address) {
                    super(address);
                    window.socket = this;
                    this.addEventListener("message", ({ data }) => { received += JSON.parse(data).type === "chunk" ? 1 : 0; });
                  }
                };
                window.stream = new RouterClient({ transport: "websocket", credit: %d })
                  .chat({ model: %s, messages: [{ role: "user", content: "Hi" }] });
                const chunks = stream[Symbol.asyncIterator]();
                window.text = "";
                window.take = async (most) => {
                  for (let i = 0; i < most; i++) {
                    const { value, done } = await chunks.next();
                    if (done) {
                      return "all";
                    }
                    text += value.choices[0]?.delta?.content ?? "";
                  }
                  return "some";
                };
                return await take(1);
                """.formatted(CREDIT, JsonText.quote(model)))).isEqualTo("some");
        assertThat(receivedWhenTheRouterHas(CREDIT + 1)).isEqualTo(CREDIT);
        // A chunk is taken when the next is asked for, and credit is given for half of it at a time.
        assertThat(PAGE.browser().await("return await take(2)")).isEqualTo("some");
        assertThat(receivedWhenTheRouterHas(CREDIT + 3)).isEqualTo(CREDIT + 2);
        assertThat(PAGE.browser().await("return await take(1000)")).isEqualTo("all");
        assertThat(PAGE.browser().run("return text")).isEqualTo(String.join("", PIECES));
    }

    /** The chunks that came by the time when the router has an event which it could send, and whatever it sent has come. */
    private static int receivedWhenTheRouterHas(int event) {
        return Integer.parseInt(PAGE.browser().await("""
                const state = async () => (await fetch(`/v1/streams/${stream.id}`)).json();
                while ((await state()).last_event_id < %d) {
                  await new Promise((resolve) => setTimeout(resolve, 10));
                }
                await new Promise((resolve) => {
                  socket.addEventListener("message", ({ data }) => JSON.parse(data).type === "pong" && resolve());
                  socket.send('{"type":"ping"}');
                });
                return `${received}`;
                """.formatted(event)));
    }
}
