package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;

/** What a store needs, without a container. */
public final class TestStores {

    private TestStores() {
    }

    /** @param namesAndValues settings, by their whole names */
    public static StreamingManager manager(String... namesAndValues) {
        return new StreamingManager(StreamingConfig.load(MapConfig.of(namesAndValues)), System::nanoTime);
    }

    /** Streams that are kept in memory. */
    public static LiveStreams streams(StreamingManager manager) {
        return new LiveStreams(new MemoryStreamStore(manager));
    }

    /** As when the application is taken from its server. */
    public static void shutDown(StreamingManager manager) {
        try {
            manager.endAll(Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
