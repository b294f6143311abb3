package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.ProviderCall;
import io.circuitbreaker.llm.provider.Providers;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/** The one way to an answer, whichever provider gives it. Thread-safe. */
@ApplicationScoped
public class LlmRouter {

    private final Providers providers;
    private ModelNames names;

    /** For the proxy. */
    protected LlmRouter() {
        this(null);
    }

    @Inject
    public LlmRouter(Providers providers) {
        this.providers = providers;
    }

    @PostConstruct
    void prepare() {
        names = new ModelNames(providers.all());
    }

    /**
     * Opens an answer and waits for its first real token. Blocks; call it on a virtual thread and read the stream on the
     * same.
     *
     * @param cancellation ends the request from any thread, also while it is being opened
     * @throws LlmException if there is no first token
     */
    public RoutedStream open(LlmRequest request, Cancellation cancellation) {
        Target target = names.resolve(request.model());
        ProviderCall call = new ProviderCall(request, target.model(), cancellation);
        ChunkStream stream = open(target.provider(), call);
        return new RoutedStream(stream, target.provider().name(), target.model(), call.attempts());
    }

    private static ChunkStream open(LlmProvider provider, ProviderCall call) {
        try {
            return provider.open(call);
        } catch (CircuitBreakerOpenException e) {
            throw new LlmException(new Failure.Overloaded("provider '" + provider.name()
                    + "' is not asked for now: it failed too often, and its circuit breaker is open", Optional.empty()), e);
        } catch (TimeoutException e) {
            throw new LlmException(new Failure.Internal("provider '" + provider.name()
                    + "' was not stopped by its own deadlines"), e);
        }
    }

    /** Who serves a model, if anybody does; asks nobody. */
    public Optional<ServedModel> model(String name) {
        try {
            Target target = names.resolve(name);
            return Optional.of(new ServedModel(name, target.provider().name()));
        } catch (LlmException notServed) {
            return Optional.empty();
        }
    }

    /** The models that providers list. A provider that takes any model lists none. */
    public List<ServedModel> models() {
        return providers.all().stream().flatMap(provider -> provider.models().stream()
                .map(model -> new ServedModel(model, provider.name()))).toList();
    }
}
