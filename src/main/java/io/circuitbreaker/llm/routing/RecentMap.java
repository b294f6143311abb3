package io.circuitbreaker.llm.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was last learned of each target. Bounded, because models may be clients' words: the oldest goes. Thread-safe. */
final class RecentMap<V> {

    static final int LIMIT = 1000;

    // guarded by this
    private final Map<String, V> values = new LinkedHashMap<>();

    synchronized void put(Target target, V value) {
        values.remove(target.name());
        values.put(target.name(), value);
        if (values.size() > LIMIT) {
            values.remove(values.keySet().iterator().next());
        }
    }

    synchronized Optional<V> get(Target target) {
        return Optional.ofNullable(values.get(target.name()));
    }

    synchronized void remove(Target target) {
        values.remove(target.name());
    }
}
