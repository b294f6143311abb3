package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.RoutingStrategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** Reads and checks the keys of one route. */
final class RouteReader {

    /** What may follow {@code llm.route.<alias>.} in a key. */
    static final List<String> KEYS = List.of("candidates", "strategy", "weights", TacticsReader.RECOVERY,
            TacticsReader.HEDGE_AFTER, TacticsReader.RACE, TacticsReader.PARALLEL);

    private final Config config;
    private final String alias;

    RouteReader(Config config, String alias) {
        this.config = config;
        this.alias = alias;
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    Route read() {
        List<String> names = candidates();
        RoutingStrategy strategy = strategy();
        List<Integer> weights = weights(strategy, names.size());
        List<Route.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int slash = names.get(i).indexOf('/');
            candidates.add(new Route.Candidate(names.get(i).substring(0, slash), names.get(i).substring(slash + 1),
                    weights.get(i)));
        }
        return new Route(alias, strategy, candidates, new TacticsReader(this::text, this::key).read());
    }

    private List<String> candidates() {
        List<String> names = RouteConfig.list(text("candidates"));
        boolean wellFormed = names.stream().allMatch(name -> name.matches("[^/\\s]+/\\S+"));
        if (names.isEmpty() || !wellFormed || names.stream().distinct().count() != names.size()) {
            throw bad("candidates", "a comma-separated list of at least one provider/model, and none twice");
        }
        return names;
    }

    private RoutingStrategy strategy() {
        return switch (text("strategy")) {
            case "", "priority" -> RoutingStrategy.PRIORITY;
            case "weighted" -> RoutingStrategy.WEIGHTED;
            case "least-busy" -> RoutingStrategy.LEAST_BUSY;
            case "latency" -> RoutingStrategy.LATENCY;
            case "cost" -> RoutingStrategy.COST;
            default -> throw bad("strategy", "priority, weighted, least-busy, latency or cost");
        };
    }

    private List<Integer> weights(RoutingStrategy strategy, int candidates) {
        List<String> given = RouteConfig.list(text("weights"));
        if (strategy != RoutingStrategy.WEIGHTED) {
            if (!given.isEmpty()) {
                throw bad("weights", "absent unless " + key("strategy") + " is weighted");
            }
            return Collections.nCopies(candidates, 1);
        }
        boolean numbers = given.stream().allMatch(weight -> weight.matches("\\d{1,6}"));
        if (!numbers || given.size() != candidates || given.stream().allMatch(weight -> weight.matches("0+"))) {
            throw bad("weights", "a comma-separated list of " + candidates + " whole numbers from 0 to 999999, one for each"
                    + " candidate and not all 0");
        }
        return given.stream().map(Integer::valueOf).toList();
    }

    private IllegalArgumentException bad(String suffix, String rule) {
        return new IllegalArgumentException(key(suffix) + " must be " + rule + ", was '" + text(suffix) + "'");
    }

    private String text(String suffix) {
        return RouteConfig.text(config, key(suffix));
    }

    private String key(String suffix) {
        return RouteConfig.PREFIX + alias + "." + suffix;
    }
}
