package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at / and its client.js in a real browser, before a router that wants a key. */
@ExtendWith(ArquillianExtension.class)
class BrowserKeysIT {

    private static final String KEY = "client-key-of-carol-52ab18";
    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    static final ProxiedBrowser PAGE = new ProxiedBrowser();

    @Deployment(testable = false)
    static WebArchive router() throws Exception {
        return DeployedRouter.router().addAsWebInfResource(
                new StringAsset("llm.client-keys=carol:" + ClientKeysIT.sha256(KEY)),
                "classes/META-INF/microprofile-config.properties");
    }

    @BeforeEach
    void openPage() {
        PAGE.open("/");
        Await.until(() -> PAGE.browser().text("models"), models -> models.contains("401"), LONG);
    }

    private static void enter(String key) {
        PAGE.browser().run("""
                const field = document.getElementById("key");
                field.value = "%s";
                field.dispatchEvent(new Event("change"));
                """.formatted(key));
    }

    private static List<String> requests(String part) {
        return PAGE.proxy().requests().stream().filter(request -> request.contains(part)).toList();
    }

    @ParameterizedTest
    @CsvSource({"fetch, 0", "eventsource, 2", "websocket, 2"})
    @DisplayName("T51: a cut connection is made anew, with a ticket of its own where a ticket stands for the key")
    void whoHasTheKeyIsServedAlsoAfterACut(String transport, int tickets) {
        CountDownLatch go = new CountDownLatch(1);
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("before, ").awaitLatch(go)
                .send(Wire.OPENAI.token("after ✓")).send(Wire.OPENAI.ending()));
        enter(KEY);
        Await.until(() -> PAGE.browser().text("models"), models -> models.contains("demo"), LONG);
        PAGE.send(transport, model);
        PAGE.awaitAnswer("before, ");
        PAGE.proxy().cut();
        go.countDown();
        PAGE.awaitState("Complete");
        assertThat(PAGE.browser().text("answer")).isEqualTo("before, after ✓");
        assertThat(requests("POST /v1/tickets")).hasSize(tickets);
        assertThat(requests("ticket=")).hasSize(tickets).doesNotHaveDuplicates();
        assertThat(requests(KEY)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    void whoHasNoneIsToldSo(String transport) {
        enter("client-key-of-nobody");
        PAGE.send(transport, "demo");
        PAGE.awaitState("Refused with status 401");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch", "eventsource", "websocket"})
    @DisplayName("Also who gives no key, for which a WebSocket is refused without a word")
    void whoGivesNoneIsToldSo(String transport) {
        PAGE.send(transport, "demo");
        PAGE.awaitState("Refused with status 401");
    }

    @Test
    void anEventSourceOfOnesOwnNeedsATicketThatWasNotUsed() {
        String id = JsonText.parseObject(Router.exchange("POST", "/v1/streams", Router.unary("demo"),
                Map.of("Authorization", "Bearer " + KEY)).body()).getString("id");
        assertThat(PAGE.browser().await("""
                const answer = await fetch("/v1/tickets", { method: "POST", headers: { Authorization: "Bearer %s" } });
                const { ticket } = await answer.json();
                const read = (address) => new Promise((resolve) => {
                  const source = new EventSource(address);
                  source.onmessage = ({ data }) => data === "[DONE]" && resolve("whole");
                  source.onerror = () => resolve(`refused ${source.readyState}`);
                });
                const address = "/v1/streams/%s";
                return [await read(address), await read(`${address}?ticket=${ticket}`), await read(`${address}?ticket=${ticket}`)]
                  .join(", ");
                """.formatted(KEY, id))).isEqualTo("refused 2, whole, refused 2");
    }
}
