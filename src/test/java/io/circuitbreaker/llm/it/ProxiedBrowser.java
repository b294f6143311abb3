package io.circuitbreaker.llm.it;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real browser for the tests of a class, and a proxy between it and the router that spoils what each test wants spoilt. */
final class ProxiedBrowser implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

    private static final int PROXY_PORT = 19140;
    private static final int DRIVER_PORT = 19141;

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
}
