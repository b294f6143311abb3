package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.LlmProvider;
import java.util.Optional;

/**
 * Where a request goes: a provider, and the model in that provider's own name.
 *
 * @param name  as a client would name it; equal for equal targets
 * @param known what the catalog has of it
 */
record Target(LlmProvider provider, String model, String name, Optional<CatalogEntry> known) {

    private static final int SHOWN = 200;

    Target(LlmProvider provider, String model) {
        this(provider, model, provider.name() + "/" + model, Optional.empty());
    }

    Target withKnown(Optional<CatalogEntry> entry) {
        return new Target(provider, model, name, entry);
    }

    /** The usage with its cost, where that is known. The provider's own word for it counts more than a price list. */
    TokenUsage priced(TokenUsage usage) {
        Optional<Prices> prices = known.flatMap(CatalogEntry::prices);
        return usage.cost().isPresent() || prices.isEmpty() ? usage : usage.withCost(prices.get().of(usage));
    }

    /** For logs and headers: the model may be a client's word, and so anything. */
    String shown() {
        return shown(name());
    }

    static String shown(String anyName) {
        String name = anyName.replaceAll("\\p{Cntrl}", "?");
        return name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
    }
}
