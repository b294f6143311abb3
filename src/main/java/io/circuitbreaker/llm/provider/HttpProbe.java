package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a provider for its models, to see whether it answers and takes the key. On a connection of its own each time, so
 * that streams leave none to wait for and a probe leaves none behind. Thread-safe.
 */
final class HttpProbe {

    static final Duration LIMIT = Duration.ofSeconds(10);

    private final Dialect dialect;
    private final Upstream upstream;
    private final UpstreamAddress address;
    private final Deadlines deadlines;
    private final Duration connectTimeout;
    private final Watchdog watchdog;
    private final UpstreamClient client;

    HttpProbe(ProviderConfig config, Dialect dialect, UpstreamClient client, Watchdog watchdog) {
        this(config, dialect, client, watchdog, LIMIT);
    }

    /** @param limit how long the status may take */
    HttpProbe(ProviderConfig config, Dialect dialect, UpstreamClient client, Watchdog watchdog,
              Duration limit) {
        this.dialect = dialect;
        this.upstream = new Upstream(config.name(), "", config.apiKey(), config.apiKeyHeader());
        this.address = config.address(dialect);
        this.deadlines = Deadlines.of(limit, limit, limit, limit);
        this.watchdog = watchdog;
        this.connectTimeout = config.deadlines().connect();
        this.client = client;
    }

    /** Blocks; call it on a virtual thread. Empty if all is well, else what is not, without the provider's words. */
    Optional<String> run() {
        UpstreamExchange exchange = client.sendOnNewConnection(request());
        StreamGuard guard = new StreamGuard(upstream.provider(), deadlines, System::nanoTime, watchdog::watch);
        guard.arm();
        try {
            exchange.awaitHead();
            guard.rest();
            int status = exchange.status();
            return status / 100 == 2 ? Optional.empty() : Optional.of("it answered with status " + status);
        } catch (IOException e) {
            return Optional.of(guard.isOver() ? "it did not answer within " + deadlines.firstToken().toMillis() + " ms"
                    : address.unreachable(e).message());
        } finally {
            // The status says it all, and the list may be long.
            exchange.abort();
            guard.release();
        }
    }

    private UpstreamClient.Call request() {
        UpstreamRequest request = dialect.modelList(upstream);
        return new UpstreamClient.Call("GET", address.url(request.path()), request.headers(), Optional.empty(),
                connectTimeout, () -> { });
    }
}
