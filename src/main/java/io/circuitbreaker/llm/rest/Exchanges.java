package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.observe.StreamingMetrics;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.StreamingConfig;
import io.circuitbreaker.llm.session.StreamingManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.AsyncResponse;
import java.time.Duration;

/** Starts exchanges, each on a virtual thread of its own. */
@ApplicationScoped
public class Exchanges {

    private final LlmRouter router;
    private final ColdStart coldStart = new ColdStart(Duration.ofSeconds(2));
    private final StreamingManager manager;
    private final StreamingMetrics metrics;
    private final Watchdog watchdog;
    private final Errors errors;

    /** For the proxy. */
    protected Exchanges() {
        this(null, null, null, null, null);
    }

    @Inject
    public Exchanges(LlmRouter router, StreamingManager manager, StreamingMetrics metrics, Watchdog watchdog, Errors errors) {
        this.router = router;
        this.manager = manager;
        this.metrics = metrics;
        this.watchdog = watchdog;
        this.errors = errors;
    }

    /**
     * Admits the request and hands it over. Call it on the container's thread: the asynchronous context is only to be had
     * there.
     *
     * @throws io.circuitbreaker.llm.chat.LlmException if there is no place for one more stream
     */
    void begin(LlmRequest request, ClientDialect dialect, HttpServletRequest servletRequest, AsyncResponse response) {
        AsyncContext context = servletRequest.getAsyncContext();
        Exchange exchange = new Exchange(request, dialect, this, context, response);
        exchange.admit(manager);
        exchange.start();
    }

    LlmRouter router() {
        return router;
    }

    StreamingMetrics metrics() {
        return metrics;
    }

    ColdStart coldStart() {
        return coldStart;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    Errors errors() {
        return errors;
    }

    StreamingConfig streaming() {
        return manager.config();
    }
}
