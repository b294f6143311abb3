package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.bean.Unproxied;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client of all providers. A few threads read all connections; with the JAX-RS client each stream needs a thread
 * of its own to be read, and waking that is most of what a token costs. Thread-safe.
 */
@Unproxied
public class UpstreamClient {

    /** Their lines would show keys and prompts, whatever level somebody sets for all loggers. */
    private static final Logger[] INDISCREET = {Logger.getLogger("org.apache.hc.client5.http.headers"),
        Logger.getLogger("org.apache.hc.client5.http.wire")};
    /** With fewer, tokens wait for the one that reads them where a processor is free. */
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    /** Each connection has three; the default is four times as much. */
    private static final int BUFFER_SIZE = 8 * 1024;
    /**
     * After so long without a byte a connection is closed that nobody got: one whose exchange was called off while TLS was
     * agreed on. The deadlines of those that somebody got are their owner's.
     */
    private static final Timeout NOBODYS = Timeout.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(UpstreamClient.class.getName());

    private volatile boolean closed;
    private CloseableHttpAsyncClient pooled;
    /** Its connections are closed after use. */
    private CloseableHttpAsyncClient fresh;

    /**
     * What to ask.
     *
     * @param connectTimeout for each address of the host, and for TLS; a guard may have a limit for all of them together
     * @param onSending      called on a thread that must not wait, when the connection stands and the request goes out
     */
    record Call(String method, String url, Map<String, String> headers, Optional<byte[]> json, Duration connectTimeout,
                Runnable onSending) {
    }

    @PostConstruct
    public void start() {
        for (Logger logger : INDISCREET) {
            logger.setLevel(Level.OFF);
        }
        pooled = client(THREADS);
        fresh = client(1);
        loadClasses();
    }

    private CloseableHttpAsyncClient client(int threads) {
        HttpAsyncClientBuilder builder = HttpAsyncClientBuilder.create()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                        // How many streams a provider takes is the matter of StreamSlots.
                        .setMaxConnTotal(Integer.MAX_VALUE).setMaxConnPerRoute(Integer.MAX_VALUE)
                        .setTlsStrategy(new ServerTls())
                        // A stream has a connection to itself: to give it up at once is to close it.
                        .setDefaultTlsConfig(TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setSocketTimeout(Timeout.DISABLED)
                                // The client reads idle connections too, and so knows which of them the provider has left.
                                .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND).build())
                        .build())
                .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(threads).setTcpNoDelay(true)
                        .setSoTimeout(NOBODYS).build())
                .setIoSessionDecorator(PatientSession::over)
                .setIoReactorExceptionCallback(this::report)
                .setHttp1Config(Http1Config.custom().setBufferSize(BUFFER_SIZE).setInitialWindowSize(Inbox.WINDOW).build())
                .setThreadFactory(new DefaultThreadFactory("llm-upstream", true))
                .setUserAgent("llm-router")
                .disableAutomaticRetries().disableRedirectHandling().disableCookieManagement().disableAuthCaching();
        builder.disableContentCompression();
        UpstreamExchange.join(builder);
        CloseableHttpAsyncClient client = builder.build();
        client.start();
        return client;
    }

    /**
     * Makes one exchange with ourselves. A virtual thread that loads a class holds on to its carrier; when a burst of
     * first requests did so at once, all carriers waited for a lock whose next owner was a virtual thread without a
     * carrier, and the server stood still for good (seen on two cores).
     */
    private void loadClasses() {
        try (LoopbackServer server = new LoopbackServer(List.of(":\n\n"))) {
            new SelfCall(this, server.url(), Map.of()).post("{}");
        } catch (IOException e) {
            LOG.log(Level.FINE, "the client could not be tried", e);
        }
    }

    private void report(Exception fault) {
        LOG.log(closed ? Level.FINE : Level.SEVERE, "the I/O of the providers' connections failed", fault);
    }

    @PreDestroy
    public void close() {
        closed = true;
        pooled.close(CloseMode.IMMEDIATE);
        fresh.close(CloseMode.IMMEDIATE);
    }

    /** Sends a request, on a connection of the pool if one is idle. Returns at once. */
    public UpstreamExchange send(Call call) {
        return send(call, uncompressed(request(call)), pooled);
    }

    /** The same with no other headers than the call's own. */
    UpstreamExchange sendAsIs(Call call) {
        return send(call, request(call), pooled);
    }

    /** Sends a request on a connection that was not used before and will not be again. Returns at once. */
    UpstreamExchange sendOnNewConnection(Call call) {
        BasicHttpRequest request = uncompressed(request(call));
        request.setHeader(HttpHeaders.CONNECTION, "close");
        return send(call, request, fresh);
    }

    private static BasicHttpRequest request(Call call) {
        BasicHttpRequest request = new BasicHttpRequest(Method.normalizedValueOf(call.method).name(), URI.create(call.url));
        call.headers.forEach(request::setHeader);
        return request;
    }

    /** Tokens are small and must not wait in a compressor. */
    private static BasicHttpRequest uncompressed(BasicHttpRequest request) {
        request.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
        return request;
    }

    private static UpstreamExchange send(Call call, BasicHttpRequest request, CloseableHttpAsyncClient client) {
        AsyncEntityProducer body = call.json.map(json -> new BasicAsyncEntityProducer(json, ContentType.APPLICATION_JSON))
                .orElse(null);
        return UpstreamExchange.begin(client, new BasicRequestProducer(request, body), context(call),
                call.onSending);
    }

    // What replaces it goes by address, and two providers may have the same.
    @SuppressWarnings("deprecation")
    private static HttpClientContext context(Call call) {
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(RequestConfig.custom()
                .setConnectTimeout(Timeout.of(call.connectTimeout.toMillis(), TimeUnit.MILLISECONDS))
                .setConnectionRequestTimeout(Timeout.DISABLED)
                .setProtocolUpgradeEnabled(false)
                .build());
        return context;
    }
}
