package io.circuitbreaker.llm.routing;

import java.util.Optional;

/**
 * A model or a route that can be asked for by this name.
 *
 * @param known what the catalog has of a model
 */
public record ServedModel(String id, String provider, Optional<CatalogEntry> known) {

    /** Nothing is known of it, or it is a route, of which there is nothing to know. */
    public ServedModel(String id, String provider) {
        this(id, provider, Optional.empty());
    }
}
