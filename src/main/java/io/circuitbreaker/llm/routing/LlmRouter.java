package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Providers;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
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
@ApplicationScoped
public class LlmRouter {

    private static final Logger LOG = Logger.getLogger(LlmRouter.class.getName());
    private static final String OWNER_OF_ROUTES = "router";

    private final Providers source;
    private final Config config;
    private List<LlmProvider> providers = List.of();
    private Routes routes;
    private ModelNames names;
    private Candidates candidates;
    private Failover failover;

    /** For the proxy. */
    protected LlmRouter() {
        this(null, null);
    }

    @Inject
    public LlmRouter(Providers providers, Config config) {
        this.source = providers;
        this.config = config;
    }

    @PostConstruct
    void prepare() {
        assemble(source.all(), RouteConfig.load(config), World.REAL);
    }

    void assemble(Collection<LlmProvider> inUse, RouteConfig settings, World world) {
        providers = List.copyOf(inUse);
        routes = new Routes(settings.routes(), providers);
        names = new ModelNames(providers);
        FirstTokenTimes times = new FirstTokenTimes(world.nanoTime());
        candidates = new Candidates(routes, names, times, new Ranking(times, world.random()));
        failover = new Failover(world.nanoTime(), world.waiting(), new BackOff(world.random()), times,
                new Pauses(world.nanoTime()), settings.maxWait());
    }

    /** Makes a wrong route stop the application, not its first request. */
    void check(@Observes Startup startup) {
        LOG.info(() -> "routes: " + (routes.aliases().isEmpty() ? "none" : String.join(", ", routes.aliases())));
    }

    /** All keys that routes read, for the aliases that are configured. */
    public static List<String> keys(Config config) {
        return RouteConfig.keys(config);
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
        return failover.open(candidates.of(request), request, cancellation, ledger);
    }

    /** Who serves a model, if anybody does; asks nobody. */
    public Optional<ServedModel> model(String name) {
        try {
            String owner = routes.named(name).isPresent() ? OWNER_OF_ROUTES : names.resolve(name).provider().name();
            return Optional.of(new ServedModel(name, owner));
        } catch (LlmException notServed) {
            return Optional.empty();
        }
    }

    /** The routes, and the models that providers list and no route hides. A provider that takes any model lists none. */
    public List<ServedModel> models() {
        Stream<ServedModel> aliases = routes.aliases().stream().map(alias -> new ServedModel(alias, OWNER_OF_ROUTES));
        Stream<ServedModel> listed = providers.stream().flatMap(provider -> provider.models().stream()
                .map(model -> new ServedModel(model, provider.name()))).filter(model -> !routes.has(model.id()));
        return Stream.concat(aliases, listed).toList();
    }
}
