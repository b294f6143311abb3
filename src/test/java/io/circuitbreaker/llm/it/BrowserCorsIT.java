package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import java.io.IOException;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of two other origins in a real browser, of which the router knows one. */
@ExtendWith(ArquillianExtension.class)
class BrowserCorsIT {

    private static final int KNOWN_PORT = 19142;
    private static final int UNKNOWN_PORT = 19143;
    private static final int DRIVER_PORT = 19144;

    private static PageServer known;
    private static PageServer unknown;
    private static Browser browser;

    @Deployment(testable = false)
    static WebArchive router() {
        return DeployedRouter.router().addAsWebInfResource(
                new StringAsset("llm.cors.allowed-origins=http://localhost:" + KNOWN_PORT),
                "classes/META-INF/microprofile-config.properties");
    }

    @BeforeAll
    static void start() throws IOException {
        Assumptions.assumeTrue(Browser.isInstalled(), Browser.NEEDED);
        known = PageServer.listenOn(KNOWN_PORT);
        unknown = PageServer.listenOn(UNKNOWN_PORT);
        browser = Browser.start(DRIVER_PORT);
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
            known.close();
            unknown.close();
        }
    }

    private static String chat(String transport, String model) {
        return browser.await("""
                const { RouterClient } = await import("%s/client.js");
                let text = "";
                const client = new RouterClient({ transport: "%s" });
                for await (const chunk of client.chat({ model: %s, messages: [{ role: "user", content: "Hi" }] })) {
                  text += chunk.choices[0]?.delta?.content ?? "";
                }
                return text;
                """.formatted(Router.URL, transport, JsonText.quote(model)));
    }

    /** With the headers that OpenAI's SDK sends from a browser, and the answer's headers as it reads them. */
    private static String chatAsOpenAisSdk(String model) {
        return browser.await("""
                const response = await fetch("%s/v1/chat/completions", { method: "POST", body: %s, headers: {
                  "Accept": "application/json", "Content-Type": "application/json", "Authorization": "Bearer any",
                  "OpenAI-Organization": "o", "OpenAI-Project": "p", "X-Stainless-Retry-Count": "0",
                  "X-Stainless-Timeout": "600", "X-Stainless-Lang": "js", "X-Stainless-Package-Version": "6.9.0",
                  "X-Stainless-OS": "Unknown", "X-Stainless-Arch": "unknown", "X-Stainless-Runtime": "browser:chrome",
                  "X-Stainless-Runtime-Version": "142.0.0", "Idempotency-Key": "k" } });
                const names = ["x-request-id", "x-llm-provider", "x-llm-model", "x-llm-attempts", "x-dropped-params"];
                return names.filter((name) => response.headers.get(name) !== null).join(" ") + "\\n" + await response.text();
                """.formatted(Router.URL, JsonText.quote(Router.chat(model, "Hi", ",\"stream\":true,\"seed\":1"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void aKnownPageStreamsWithTheClientItLoadsHere(String transport) {
        browser.open(known.origin());
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("one ", "two ✓"));
        assertThat(chat(transport, model)).isEqualTo("one two ✓");
    }

    @Test
    void aKnownPageCallsAsOpenAisSdkDoes() {
        browser.open(known.origin());
        String model = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("one ", "two ✓"));
        assertThat(chatAsOpenAisSdk(model)).startsWith("x-request-id x-llm-provider x-llm-model x-llm-attempts x-dropped-params\n")
                .contains("one ", "two ✓", "[DONE]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void anUnknownPageDoesNotGetTheClient(String transport) {
        browser.open(unknown.origin());
        assertThat(chat(transport, "demo")).startsWith("thrown: TypeError: Failed to fetch dynamically imported module");
    }

    @Test
    void anUnknownPageDoesNotReachAProvider() {
        browser.open(unknown.origin());
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("no"));
        assertThat(chatAsOpenAisSdk(model)).startsWith("thrown: TypeError: Failed to fetch");
        assertThat(browser.await("""
                // Without a preflight, as a form would be sent: the page learns nothing of the answer.
                const { type } = await fetch("%s/v1/chat/completions", { method: "POST", mode: "no-cors", body: %s });
                return type;
                """.formatted(Router.URL, JsonText.quote(Router.unary(model))))).isEqualTo("opaque");
        assertThat(Fake.OPENAI.requests(model)).isEmpty();
    }

    @Test
    void anUnknownPageCanOpenNoSocketAndReadNoStream() {
        browser.open(unknown.origin());
        assertThat(browser.await("""
                const socket = new WebSocket("%s/ws");
                return await new Promise((resolve) => {
                  socket.onopen = () => resolve("open");
                  socket.onclose = ({ code }) => resolve(`closed ${code}`);
                });
                """.formatted(Router.URL.replace("http", "ws")))).isEqualTo("closed 1006");
        String id = JsonText.parseObject(Router.exchange("POST", "/v1/streams", Router.unary("demo"), Map.of()).body())
                .getString("id");
        assertThat(browser.await("""
                const source = new EventSource("%s/v1/streams/%s");
                return await new Promise((resolve) => {
                  source.onmessage = () => resolve("a message");
                  source.onerror = () => resolve(`an error, state ${source.readyState}`);
                });
                """.formatted(Router.URL, id))).isEqualTo("an error, state 2");
    }
}
