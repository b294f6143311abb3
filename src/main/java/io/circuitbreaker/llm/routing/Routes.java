package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.routing.Ranking.Weighted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/** The configured routes over the providers that are in use. Immutable. */
final class Routes {

    private static final Logger LOG = Logger.getLogger(Routes.class.getName());

    /** @param choices as configured, without those whose provider is not in use */
    record Usable(String alias, RoutingStrategy strategy, List<Weighted> choices, Tactics tactics) {
    }

    private final Map<String, Usable> byAlias = new LinkedHashMap<>();

    Routes(Collection<Route> routes, Collection<LlmProvider> providers) {
        Map<String, LlmProvider> inUse = new LinkedHashMap<>();
        providers.forEach(provider -> inUse.put(provider.name(), provider));
        routes.forEach(route -> byAlias.put(route.alias(), usable(route, inUse)));
    }

    private static Usable usable(Route route, Map<String, LlmProvider> inUse) {
        List<Weighted> choices = new ArrayList<>();
        for (Route.Candidate candidate : route.candidates()) {
            LlmProvider provider = inUse.get(candidate.provider());
            if (provider == null) {
                LOG.warning(() -> "route '" + route.alias() + "' does without " + candidate.provider() + "/"
                        + candidate.model() + ": provider '" + candidate.provider() + "' is not in use; in use are "
                        + String.join(", ", inUse.keySet()));
            } else {
                choices.add(new Weighted(new Target(provider, candidate.model()), candidate.weight()));
            }
        }
        return new Usable(route.alias(), route.strategy(), List.copyOf(choices), route.tactics());
    }

    /**
     * The route of this alias, if it is one.
     *
     * @throws LlmException with {@code NotFound} if it is one that nobody can serve
     */
    Optional<Usable> named(String alias) {
        Optional<Usable> route = Optional.ofNullable(byAlias.get(alias));
        if (route.isPresent() && route.get().choices().isEmpty()) {
            throw new LlmException(new Failure.NotFound("the route '" + alias + "' has no candidate whose provider is in"
                    + " use; check " + RouteConfig.PREFIX + alias + ".candidates and llm.providers", "model_not_found"));
        }
        return route;
    }

    /** Of the route of this alias; none if it is not one. */
    Tactics tactics(String alias) {
        return has(alias) ? byAlias.get(alias).tactics() : Tactics.NONE;
    }

    boolean has(String alias) {
        return byAlias.containsKey(alias);
    }

    /** Those that somebody can serve. */
    List<String> aliases() {
        return byAlias.values().stream().filter(route -> !route.choices().isEmpty()).map(Usable::alias).toList();
    }
}
