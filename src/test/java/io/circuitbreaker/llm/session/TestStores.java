package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.testing.MapConfig;

/** What a store needs, without a container. */
public final class TestStores {

    private TestStores() {
    }

    /** @param namesAndValues settings, by their whole names */
    public static StreamingManager manager(String... namesAndValues) {
        return new StreamingManager(StreamingConfig.load(MapConfig.of(namesAndValues)), System::nanoTime);
    }
}
