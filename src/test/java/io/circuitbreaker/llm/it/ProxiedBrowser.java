package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.chat.JsonText;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real browser for the tests of a class, and a proxy between it and the router that spoils what each test wants spoilt. */
final class ProxiedBrowser implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

    private static final int PROXY_PORT = 19140;
    private static final int DRIVER_PORT = 19141;
    private static final Duration LONG = Duration.ofSeconds(30);

    private CuttingProxy proxy;
    private Browser browser;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Assumptions.assumeTrue(Browser.isInstalled(), Browser.NEEDED);
        proxy = CuttingProxy.listenOn(PROXY_PORT);
        browser = Browser.start(DRIVER_PORT);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        proxy.reset();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    Browser browser() {
        return browser;
    }

    CuttingProxy proxy() {
        return proxy;
    }

    /** Shows what the router has at this path. */
    void open(String path) {
        browser.open("http://localhost:" + PROXY_PORT + path);
    }

    /** Has the router's page ask, as a user does it. */
    void send(String transport, String model) {
        browser.run("""
                const $ = (id) => document.getElementById(id);
                $("transport").value = "%s";
                $("model").value = %s;
                $("model").dispatchEvent(new Event("change"));
                $("other").value = %s;
                $("send").click();
                """.formatted(transport, JsonText.quote(model.equals("demo") ? model : "\0other"), JsonText.quote(model)));
    }

    void awaitAnswer(String text) {
        Await.until(() -> browser.text("answer"), text::equals, LONG);
    }

    void awaitState(String state) {
        Await.until(() -> browser.text("state"), now -> now.startsWith(state), LONG);
    }
}
