package io.circuitbreaker.llm.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/** What was last learned of each target. Bounded, because models may be clients' words: the oldest goes. Thread-safe. */
final class RecentMap<V> {

    static final int LIMIT = 1000;

    // guarded by this
    private final SequencedMap<String, V> values = new LinkedHashMap<>();

    synchronized void put(Target target, V value) {
        values.putLast(target.name(), value);
        if (values.size() > LIMIT) {
            values.pollFirstEntry();
        }
    }

    /** @param change of the value that is there, if any; called with the lock held */
    synchronized void update(Target target, Function<Optional<V>, V> change) {
        put(target, change.apply(get(target)));
    }

    /** A copy of what is known of one provider's targets, by model. */
    synchronized Map<String, V> of(String provider) {
        String prefix = provider + "/";
        Map<String, V> found = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    synchronized Optional<V> get(Target target) {
        return Optional.ofNullable(values.get(target.name()));
    }

    synchronized void remove(Target target) {
        values.remove(target.name());
    }
}
