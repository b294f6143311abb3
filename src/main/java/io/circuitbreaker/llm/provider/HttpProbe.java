package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.Upstream;
import io.circuitbreaker.llm.dialect.UpstreamRequest;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Invocation;
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
    private final Watchdog watchdog;
    private final Client client;

    HttpProbe(ProviderConfig config, Dialect dialect, Watchdog watchdog) {
        this(config, dialect, watchdog, LIMIT);
    }

    /** @param limit how long the status may take */
    HttpProbe(ProviderConfig config, Dialect dialect, Watchdog watchdog, Duration limit) {
        this.dialect = dialect;
        this.upstream = new Upstream(config.name(), "", config.apiKey(), config.apiKeyHeader());
        this.address = config.address(dialect);
        this.deadlines = Deadlines.of(limit, limit, limit, limit);
        this.watchdog = watchdog;
        this.client = UpstreamClient.create(config.deadlines().connect(), 1);
    }

    /** Blocks; call it on a virtual thread. Empty if all is well, else what is not, without the provider's words. */
    Optional<String> run() {
        StreamGuard guard = new StreamGuard(upstream.provider(), deadlines, System::nanoTime, watchdog::watch);
        guard.arm();
        try {
            UpstreamConnection connection = new UpstreamConnection(request().get());
            guard.rest();
            // The status says it all, and the list may be long.
            connection.abort();
            int status = connection.response().getStatus();
            return status / 100 == 2 ? Optional.empty() : Optional.of("it answered with status " + status);
        } catch (ProcessingException e) {
            return Optional.of(guard.isOver() ? "it did not answer within " + deadlines.firstToken().toMillis() + " ms"
                    : address.unreachable(e).message());
        } finally {
            guard.release();
        }
    }

    private Invocation.Builder request() {
        UpstreamRequest request = dialect.modelList(upstream);
        Invocation.Builder builder = client.target(address.url(request.path())).request();
        request.headers().forEach(builder::header);
        return builder.header("Connection", "close");
    }

    void close() {
        client.close();
    }
}
