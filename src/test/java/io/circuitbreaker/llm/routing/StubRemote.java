package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.RemoteProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** A provider that nobody asks, with figures that a test sets. */
final class StubRemote implements RemoteProvider {

    static final Duration INTERVAL = Duration.ofSeconds(10);

    int activeStreams;
    /** What the next probes do. */
    final Queue<Supplier<Optional<String>>> probes = new ArrayDeque<>();
    private final String name;
    private final String dialect;

    StubRemote(String name) {
        this(name, "openai");
    }

    StubRemote(String name, String dialect) {
        this.name = name;
        this.dialect = dialect;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> models() {
        return List.of();
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        throw new AssertionError("nobody is asked");
    }

    @Override
    public int activeStreams() {
        return activeStreams;
    }

    @Override
    public String dialect() {
        return dialect;
    }

    @Override
    public Optional<String> untold(ContentPart part) {
        return dialect.equals("openai") || part instanceof ContentPart.Text ? Optional.empty() : Optional.of("such a part");
    }

    @Override
    public int maxConcurrentStreams() {
        return 3;
    }

    @Override
    public int queuedRequests() {
        return 0;
    }

    @Override
    public Optional<Duration> probeInterval() {
        return Optional.of(INTERVAL);
    }

    @Override
    public Optional<String> probe() {
        return probes.remove().get();
    }
}
