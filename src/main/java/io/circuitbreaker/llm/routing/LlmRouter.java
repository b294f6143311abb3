package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Recovery;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** The one way to an answer, whichever provider gives it. Thread-safe. */
@Unproxied
public class LlmRouter {

    private static final Logger LOG = Logger.getLogger(LlmRouter.class.getName());
    private static final String OWNER_OF_ROUTES = "router";

    private final List<LlmProvider> providers;
    private final Routes routes;
    private final VirtualModels virtual;
    private final ModelNames names;
    private final ModelCatalog catalog;
    private final Candidates candidates;
    private final Failover failover;
    private final Health health;
    private final Statuses statuses;
    private final String instruction;

    @Inject
    public LlmRouter(Providers providers, Config config) {
        this(providers.all(), RouteConfig.load(config), ModelCatalog.load(config), World.REAL);
    }

    LlmRouter(Collection<LlmProvider> inUse, RouteConfig settings, ModelCatalog known, World world) {
        providers = List.copyOf(inUse);
        routes = new Routes(settings.routes(), providers);
        virtual = new VirtualModels(providers, known);
        names = new ModelNames(providers);
        catalog = known;
        FirstTokenTimes times = new FirstTokenTimes(world.nanoTime());
        candidates = new Candidates(new Candidates.Names(routes, virtual, names), catalog,
                new Ranking(times, world.random()), new Sieve(times));
        Pauses pauses = new Pauses(world.nanoTime());
        health = new Health(world.nanoTime());
        failover = new Failover(world.nanoTime(), world.waiting(), new BackOff(world.random()), times,
                pauses, health, settings.maxWait());
        statuses = new Statuses(providers, health, pauses, world.nanoTime());
        instruction = settings.continuationInstruction();
    }

    /** Of these providers only, without routes; apart from the server's own. */
    public static LlmRouter over(Collection<LlmProvider> providers) {
        return new LlmRouter(providers, RouteConfig.NONE, ModelCatalog.EMPTY, World.REAL);
    }

    /** Makes a wrong route stop the application, not its first request. */
    void check(@Observes Startup startup) {
        LOG.info(() -> "routes: " + (aliases().isEmpty() ? "none" : String.join(", ", aliases())));
    }

    /** All keys that routing reads, for the aliases that are configured. */
    public static List<String> keys(Config config) {
        return Stream.concat(RouteConfig.keys(config).stream(), Stream.of(ModelCatalog.KEY)).toList();
    }

    /**
     * Opens an answer and waits for its first real token; goes on to the next candidate until there is one, or asks
     * several at once where the request or its route wishes. Blocks; call it on a virtual thread and read the stream on
     * the same.
     *
     * @param cancellation ends the request from any thread, also while it is being opened or waits
     * @param ledger       told once by each provider that was asked and has used something, when it is let go of; on any
     *                     thread, also after the answer has ended
     * @throws NoAnswerException if there is no first token
     * @throws LlmException      if there is nobody to ask, or the request was cancelled
     */
    public RoutedStream open(LlmRequest request, Cancellation cancellation, Consumer<? super Spent> ledger) {
        Plan plan = candidates.of(request);
        boolean sideBySide = plan.tactics().parallel().orElse(1) > 1;
        if (sideBySide || plan.tactics().recovery().orElse(Recovery.NONE) == Recovery.NONE) {
            return failover.open(plan, request, cancellation, ledger);
        }
        Successors successors = new Successors(failover, instruction, plan, request, cancellation, ledger);
        return successors.first().through(stream -> new RecoveringStream(stream, successors));
    }

    /** How each provider is doing, in the order of configuration; asks nobody. */
    public List<ProviderStatus> providers() {
        return statuses.all();
    }

    /** The share of a provider's requests that failed lately; 0 if nothing is known. */
    public double errorRate(String provider) {
        return statuses.errorRate(provider);
    }

    /** What a probe of a provider found. */
    void probed(String provider, Optional<String> wrong) {
        health.probed(provider, wrong);
    }

    /** Who serves a model, if anybody does; asks nobody. */
    public Optional<ServedModel> model(String name) {
        if (routes.has(name) || virtual.has(name)) {
            return aliases().contains(name) ? Optional.of(new ServedModel(name, OWNER_OF_ROUTES)) : Optional.empty();
        }
        try {
            Target target = names.resolve(name);
            return Optional.of(served(name, target.provider().name(), target.model()));
        } catch (LlmException notServed) {
            return Optional.empty();
        }
    }

    /**
     * The routes, the built-in ones, and the models that providers list and no route hides. A provider that takes any
     * model lists none.
     */
    public List<ServedModel> models() {
        Stream<ServedModel> listed = providers.stream().flatMap(provider -> provider.models().stream()
                        .map(model -> served(model, provider.name(), model)))
                .filter(model -> !routes.has(model.id()) && !virtual.has(model.id()));
        return Stream.concat(aliases().stream().map(alias -> new ServedModel(alias, OWNER_OF_ROUTES)), listed).toList();
    }

    private List<String> aliases() {
        return Stream.concat(routes.aliases().stream(), virtual.names().stream().filter(name -> !routes.has(name)))
                .toList();
    }

    private ServedModel served(String id, String provider, String model) {
        return new ServedModel(id, provider, catalog.of(provider, model));
    }
}
