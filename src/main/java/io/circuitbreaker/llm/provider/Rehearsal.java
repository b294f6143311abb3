package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.StreamUsage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A provider that is none: its answers are a dialect's example and come from a socket of our own. Nothing counts them. */
public final class Rehearsal implements AutoCloseable {

    private final LoopbackServer server;
    private final HttpUpstream upstream;

    /** @throws IOException if there is no port for it on the loopback address */
    public Rehearsal(Dialect dialect, UpstreamClient client, Watchdog watchdog) throws IOException {
        server = new LoopbackServer(dialect.example());
        upstream = new HttpUpstream(new ProviderConfig("rehearsal", dialect.name(), Optional.of(server.url()), ApiKey.NONE,
                "", StreamUsage.ALWAYS, List.of(), Deadlines.DEFAULTS, StreamLimits.DEFAULTS, Optional.empty(),
                Optional.empty()), dialect, client, watchdog);
    }

    /** @throws io.circuitbreaker.llm.chat.LlmException as any provider does */
    public ChunkStream open(LlmRequest request) {
        return upstream.open(new ProviderCall(request, "example", new Cancellation()));
    }

    @Override
    public void close() {
        server.close();
    }
}
