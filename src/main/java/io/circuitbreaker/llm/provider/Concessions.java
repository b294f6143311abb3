package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.dialect.Concession;
import io.circuitbreaker.llm.dialect.Upstream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the models of one provider have refused, so that each is asked for it once and not with every request, and not again
 * where a request is repeated. Kept as long as the server runs. Thread-safe.
 */
final class Concessions {

    /** Names come from clients, though only those are kept that the provider knows well enough to refuse a part. */
    private static final int MOST_MODELS = 1000;

    private final Map<String, Set<Concession>> byModel = new ConcurrentHashMap<>();

    void learn(String model, Concession refused) {
        if (byModel.size() < MOST_MODELS || byModel.containsKey(model)) {
            byModel.merge(model, Set.of(refused), Concessions::both);
        }
    }

    private static Set<Concession> both(Set<Concession> some, Set<Concession> others) {
        Set<Concession> all = EnumSet.copyOf(some);
        all.addAll(others);
        return Set.copyOf(all);
    }

    /** The same without what its model has refused. */
    Upstream applied(Upstream upstream) {
        Upstream asked = upstream;
        for (Concession refused : byModel.getOrDefault(upstream.model(), Set.of())) {
            asked = asked.conceding(refused);
        }
        return asked;
    }
}
