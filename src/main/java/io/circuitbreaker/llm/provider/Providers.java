package io.circuitbreaker.llm.provider;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** The providers in use, in the order of {@code llm.providers}. Thread-safe. */
@ApplicationScoped
public class Providers {

    private static final Logger LOG = Logger.getLogger(Providers.class.getName());

    private final Instance<LlmProvider> beans;
    private final Config config;
    private Map<String, LlmProvider> byName = Map.of();

    /** For the proxy. */
    protected Providers() {
        this(null, null);
    }

    @Inject
    public Providers(@Any Instance<LlmProvider> beans, Config config) {
        this.beans = beans;
        this.config = config;
    }

    @PostConstruct
    void find() {
        Map<String, LlmProvider> found = new LinkedHashMap<>();
        for (LlmProvider provider : beans) {
            found.put(provider.name(), provider);
        }
        Map<String, LlmProvider> inOrder = new LinkedHashMap<>();
        for (String name : ConfiguredProviders.names(config)) {
            if (found.containsKey(name)) {
                inOrder.put(name, found.get(name));
            }
        }
        byName = inOrder;
    }

    /** Makes a wrong configuration stop the application, not its first request. */
    void check(@Observes Startup startup) {
        LOG.info(() -> "providers in use: " + String.join(", ", byName.keySet()));
    }

    /** All keys that providers read, for the names that are configured. */
    public static List<String> keys(Config config) {
        List<String> keys = new ArrayList<>(List.of(ConfiguredProviders.KEY, DemoProvider.SPEED_KEY));
        for (String name : ConfiguredProviders.names(config)) {
            if (name.equals(DemoProvider.NAME)) {
                // It has no address, no key and no limits.
                continue;
            }
            ProviderConfig.KEYS.forEach(suffix -> keys.add(ProviderConfig.PREFIX + name + "." + suffix));
        }
        return keys;
    }

    public Collection<LlmProvider> all() {
        return List.copyOf(byName.values());
    }

    /** Those of them that are behind a network. */
    public Stream<RemoteProvider> remote() {
        return byName.values().stream().filter(RemoteProvider.class::isInstance).map(RemoteProvider.class::cast);
    }
}
