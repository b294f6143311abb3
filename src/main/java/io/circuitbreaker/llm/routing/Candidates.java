package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.routing.Ranking.Weighted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may answer a request: the model it names, its route, its fallbacks, its wishes. Asks nobody. Thread-safe. */
final class Candidates {

    private final Names names;
    private final ModelCatalog catalog;
    private final Ranking ranking;
    private final Sieve sieve;

    /** All that a model's name may mean, in the order in which it is looked up. */
    record Names(Routes routes, VirtualModels virtual, ModelNames models) {
    }

    Candidates(Names names, ModelCatalog catalog, Ranking ranking, Sieve sieve) {
        this.names = names;
        this.catalog = catalog;
        this.ranking = ranking;
        this.sieve = sieve;
    }

    /** @throws LlmException if there is nobody to ask */
    Plan of(LlmRequest request) {
        RoutingWish wish = request.routing();
        List<String> leftOut = new ArrayList<>();
        List<Target> inOrder = preferred(named(request, leftOut), wish.preferredProviders());
        List<Target> fit = sieve.of(inOrder, request, leftOut);
        return wish.onlyFirst() ? new Plan(List.of(fit.getFirst()), List.of(), Tactics.NONE)
                : new Plan(fit, leftOut, wish.tactics().orElse(names.routes.tactics(request.model())));
    }

    /** A fallback that nobody serves is left out as long as there is another to ask: one list may serve many places. */
    private List<Target> named(LlmRequest request, List<String> leftOut) {
        List<String> asked = new ArrayList<>(List.of(request.model()));
        if (!request.routing().onlyFirst()) {
            asked.addAll(request.routing().fallbackModels());
        }
        Map<String, Weighted> found = new LinkedHashMap<>();
        Optional<LlmException> refusal = Optional.empty();
        for (String name : asked) {
            try {
                choices(name, request).forEach(choice -> found.putIfAbsent(choice.target().name(), choice));
            } catch (LlmException notServed) {
                leftOut.add(Target.shown(name) + ": not served here");
                refusal = refusal.or(() -> Optional.of(notServed));
            }
        }
        if (found.isEmpty()) {
            throw refusal.orElseThrow();
        }
        List<Weighted> all = List.copyOf(found.values());
        return request.routing().strategy().map(strategy -> ranking.ranked(all, strategy, request))
                .orElseGet(() -> all.stream().map(Weighted::target).toList());
    }

    /** In the route's own order, unless a wish is going to order them together with all others. */
    private List<Weighted> choices(String name, LlmRequest request) {
        Optional<Routes.Usable> route = names.routes.named(name);
        if (route.isPresent()) {
            List<Weighted> choices = route.get().choices().stream()
                    .map(choice -> new Weighted(catalog.known(choice.target()), choice.weight())).toList();
            return ordered(choices, route.get().strategy(), request);
        }
        if (names.virtual.has(name)) {
            return ordered(once(names.virtual.choices(name, request)), names.virtual.strategy(name), request);
        }
        return once(List.of(catalog.known(names.models.resolve(name))));
    }

    private List<Weighted> ordered(List<Weighted> choices, RoutingStrategy strategy, LlmRequest request) {
        return request.routing().strategy().isPresent() ? choices : once(ranking.ranked(choices, strategy, request));
    }

    private static List<Weighted> once(List<Target> targets) {
        return targets.stream().map(target -> new Weighted(target, 1)).toList();
    }

    private static List<Target> preferred(List<Target> targets, List<String> providers) {
        return targets.stream().sorted(Comparator.comparingInt(target -> {
            int place = providers.indexOf(target.provider().name());
            return place < 0 ? Integer.MAX_VALUE : place;
        })).toList();
    }
}
