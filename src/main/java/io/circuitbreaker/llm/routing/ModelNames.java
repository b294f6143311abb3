package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.Vendor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a model's name means: {@code provider/model}, a model that a provider lists, a vendor's own kind of name, or
 * anything at all where one provider takes any model.
 */
final class ModelNames {

    private final List<LlmProvider> providers;

    /** @param providers the earlier ones come first where several list a model */
    ModelNames(Collection<LlmProvider> providers) {
        this.providers = List.copyOf(providers);
    }

    /** @throws LlmException with {@code NotFound} if no provider serves it */
    Target resolve(String name) {
        return addressed(name).or(() -> listed(name)).or(() -> byVendorName(name)).or(() -> takenByAny(name))
                .orElseThrow(() -> new LlmException(new Failure.NotFound("the model '" + shown(name)
                        + "' is not served here; GET /v1/models lists those that are", "model_not_found")));
    }

    private Optional<Target> addressed(String name) {
        int slash = name.indexOf('/');
        if (slash <= 0 || slash == name.length() - 1) {
            return Optional.empty();
        }
        return named(name.substring(0, slash))
                .map(provider -> new Target(provider, name.substring(slash + 1)));
    }

    private Optional<Target> listed(String name) {
        return providers.stream().filter(provider -> provider.models().contains(name)).findFirst()
                .map(provider -> new Target(provider, name));
    }

    private Optional<Target> byVendorName(String name) {
        return Vendor.ofModel(name).map(vendor -> named(vendor.name())).flatMap(Optional::stream).findFirst()
                .map(provider -> new Target(provider, name));
    }

    private Optional<Target> takenByAny(String name) {
        List<LlmProvider> open = providers.stream().filter(provider -> provider.models().isEmpty()).toList();
        return open.size() == 1 ? Optional.of(new Target(open.getFirst(), name)) : Optional.empty();
    }

    private Optional<LlmProvider> named(String name) {
        return providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    private static String shown(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "…";
    }
}
