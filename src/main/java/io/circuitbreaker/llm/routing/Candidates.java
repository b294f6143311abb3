package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.routing.Ranking.Weighted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may answer a request: the model it names, its route, its fallbacks, its wishes. Asks nobody. Thread-safe. */
final class Candidates {

    private final Routes routes;
    private final ModelNames models;
    private final FirstTokenTimes times;
    private final Ranking ranking;

    Candidates(Routes routes, ModelNames models, FirstTokenTimes times, Ranking ranking) {
        this.routes = routes;
        this.models = models;
        this.times = times;
        this.ranking = ranking;
    }

    /** @throws LlmException if there is nobody to ask */
    Plan of(LlmRequest request) {
        RoutingWish wish = request.routing();
        List<String> leftOut = new ArrayList<>();
        List<Target> inOrder = preferred(named(request, leftOut), wish.preferredProviders());
        List<Target> fastEnough = wish.maxLatency().map(limit -> within(limit, inOrder, leftOut)).orElse(inOrder);
        return wish.onlyFirst() ? new Plan(List.of(fastEnough.getFirst()), List.of(), Tactics.NONE)
                : new Plan(fastEnough, leftOut, wish.tactics().orElse(routes.tactics(request.model())));
    }

    /** A fallback that nobody serves is left out as long as there is another to ask: one list may serve many places. */
    private List<Target> named(LlmRequest request, List<String> leftOut) {
        List<String> names = new ArrayList<>(List.of(request.model()));
        if (!request.routing().onlyFirst()) {
            names.addAll(request.routing().fallbackModels());
        }
        Optional<RoutingStrategy> wished = request.routing().strategy();
        Map<String, Weighted> found = new LinkedHashMap<>();
        Optional<LlmException> refusal = Optional.empty();
        for (String name : names) {
            try {
                choices(name, wished).forEach(choice -> found.putIfAbsent(choice.target().name(), choice));
            } catch (LlmException notServed) {
                leftOut.add(Target.shown(name) + ": not served here");
                refusal = refusal.or(() -> Optional.of(notServed));
            }
        }
        if (found.isEmpty()) {
            throw refusal.orElseThrow();
        }
        return ranking.ranked(List.copyOf(found.values()), wished.orElse(RoutingStrategy.PRIORITY));
    }

    /** In the route's own order, unless a wish is going to order them together with all others. */
    private List<Weighted> choices(String name, Optional<RoutingStrategy> wished) {
        Optional<Routes.Usable> route = routes.named(name);
        if (route.isEmpty()) {
            return List.of(new Weighted(models.resolve(name), 1));
        }
        List<Weighted> choices = route.get().choices();
        return wished.isPresent() ? choices : ranking.ranked(choices, route.get().strategy()).stream()
                .map(target -> new Weighted(target, 1)).toList();
    }

    private static List<Target> preferred(List<Target> targets, List<String> providers) {
        return targets.stream().sorted(Comparator.comparingInt(target -> {
            int place = providers.indexOf(target.provider().name());
            return place < 0 ? Integer.MAX_VALUE : place;
        })).toList();
    }

    private List<Target> within(Duration limit, List<Target> targets, List<String> leftOut) {
        List<Target> fastEnough = new ArrayList<>();
        for (Target target : targets) {
            Optional<Duration> tooLong = times.of(target).filter(time -> time.compareTo(limit) > 0);
            if (tooLong.isEmpty()) {
                fastEnough.add(target);
            } else {
                leftOut.add(target.shown() + ": first token lately after " + tooLong.get().toMillis() + " ms");
            }
        }
        if (fastEnough.isEmpty()) {
            throw new LlmException(new Failure.Overloaded("nobody is known to send a first token within max_latency_ms = "
                    + limit.toMillis() + ": " + String.join("; ", leftOut), Optional.empty()));
        }
        return fastEnough;
    }
}
