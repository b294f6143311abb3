package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.TaskType;
import io.circuitbreaker.llm.provider.DemoProvider;
import io.circuitbreaker.llm.provider.LlmProvider;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The built-in routes. Behind each are the models that the providers in use list; a request goes to those that can take
 * it, at most two of each provider, and first to the best one of each. The demo provider stands in where it is the only
 * one. Immutable.
 */
final class VirtualModels {

    private static final int OF_EACH_PROVIDER = 2;

    /** @param preference who is taken, for this request; the strategy then says who of those is asked first */
    private record Virtual(String name, RoutingStrategy strategy, Function<LlmRequest, Comparator<Target>> preference) {
    }

    private record InTurn(Target target, int turn) {
    }

    private static final List<Virtual> BUILT_IN = List.of(
            new Virtual("auto", RoutingStrategy.PRIORITY, request -> bestFor(task(request))),
            new Virtual("cb:smart-chat", RoutingStrategy.PRIORITY, _ -> Preference.STRONGEST),
            new Virtual("cb:cost-optimal", RoutingStrategy.COST, Preference::cheapest),
            new Virtual("cb:fastest", RoutingStrategy.LATENCY, _ -> Preference.LIGHTEST),
            new Virtual("cb:coding", RoutingStrategy.PRIORITY, _ -> bestFor(TaskType.CODING)),
            new Virtual("cb:analysis", RoutingStrategy.PRIORITY, _ -> bestFor(TaskType.ANALYSIS)),
            new Virtual("cb:creative", RoutingStrategy.PRIORITY, _ -> bestFor(TaskType.CREATIVE)));

    private final List<Target> all;

    /** @param providers the earlier ones come first where the catalog sees no difference */
    VirtualModels(Collection<LlmProvider> providers, ModelCatalog catalog) {
        boolean demoOnly = providers.stream().allMatch(VirtualModels::isDemo);
        this.all = providers.stream().filter(provider -> demoOnly || !isDemo(provider))
                .flatMap(provider -> provider.models().stream().map(model -> new Target(provider, model)))
                .map(catalog::known).toList();
    }

    private static boolean isDemo(LlmProvider provider) {
        return provider.name().equals(DemoProvider.NAME);
    }

    /** Those that somebody can serve: all or none. */
    List<String> names() {
        return all.isEmpty() ? List.of() : BUILT_IN.stream().map(Virtual::name).toList();
    }

    boolean has(String name) {
        return BUILT_IN.stream().anyMatch(virtual -> virtual.name.equals(name));
    }

    RoutingStrategy strategy(String name) {
        return named(name).strategy;
    }

    /**
     * Who may answer, at least one. If nobody can take the request they are here all the same, to be told why not.
     *
     * @throws LlmException with {@code NotFound} if there is no model at all to choose from
     */
    List<Target> choices(String name, LlmRequest request) {
        if (all.isEmpty()) {
            throw new LlmException(new Failure.NotFound("'" + name + "' chooses among the models that providers list, and"
                    + " no provider in use lists any; set llm.provider.<name>.models", "model_not_found"));
        }
        Needs needs = Needs.of(request);
        Optional<BigDecimal> maxCost = request.routing().maxCost();
        List<Target> fitting = all.stream().filter(target -> Sieve.fits(target, needs, maxCost)).toList();
        Comparator<Target> preference = named(name).preference.apply(request);
        return inTurns((fitting.isEmpty() ? all : fitting).stream().sorted(preference).toList());
    }

    private static Virtual named(String name) {
        return BUILT_IN.stream().filter(virtual -> virtual.name.equals(name)).findFirst().orElseThrow();
    }

    /** The first ones of each provider, then the second ones: whoever fails is followed by another provider. */
    private static List<Target> inTurns(List<Target> targets) {
        Map<String, Integer> turns = new HashMap<>();
        List<InTurn> all = new ArrayList<>();
        targets.forEach(target -> all.add(new InTurn(target, turns.merge(target.provider().name(), 1, Integer::sum))));
        return all.stream().filter(one -> one.turn <= OF_EACH_PROVIDER)
                .sorted(Comparator.comparingInt(InTurn::turn)).map(InTurn::target).toList();
    }

    private static Comparator<Target> bestFor(TaskType task) {
        return Preference.goodAt(task).thenComparing(Preference.STRONGEST);
    }

    /** What the client says, else what can be seen of it. */
    private static TaskType task(LlmRequest request) {
        boolean reasons = request.reasoningEffort().filter(effort -> !effort.matches("none|minimal")).isPresent();
        return request.routing().taskType().orElse(reasons ? TaskType.REASONING : TaskType.GENERAL_CHAT);
    }
}
