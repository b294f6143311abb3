package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.dialect.ApiKey;
import io.circuitbreaker.llm.dialect.Dialect;
import io.circuitbreaker.llm.dialect.StreamUsage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A provider that is none: its answers are a dialect's example and come from a socket of our own. It bears the dialect's
 * name, and is not among the {@link Providers}.
 */
public final class Rehearsal implements LlmProvider, AutoCloseable {

    /** The model to ask for. */
    public static final String MODEL = "example";

    private final LoopbackServer server;
    private final HttpUpstream upstream;

    /** @throws IOException if there is no port for it on the loopback address */
    public Rehearsal(Dialect dialect, UpstreamClient client, Watchdog watchdog) throws IOException {
        server = new LoopbackServer(dialect.example());
        upstream = new HttpUpstream(new ProviderConfig(dialect.name(), dialect.name(), Optional.of(server.url()),
                ApiKey.NONE, "", StreamUsage.ALWAYS, List.of(MODEL), Deadlines.DEFAULTS, StreamLimits.DEFAULTS,
                Optional.empty(), Optional.empty()), dialect, client, watchdog);
    }

    @Override
    public String name() {
        return upstream.name();
    }

    @Override
    public List<String> models() {
        return upstream.models();
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        return upstream.open(call);
    }

    @Override
    public void close() {
        server.close();
    }
}
