package io.circuitbreaker.llm.provider;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import java.util.List;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Makes one {@link HttpProvider} bean for each configured provider. Fault tolerance keeps a breaker for each bean, so
 * providers that shared one would open and close together.
 */
public class ProviderExtension implements Extension {

    private static final Logger LOG = Logger.getLogger(ProviderExtension.class.getName());

    private IllegalArgumentException badValue;

    void addProviders(@Observes BeforeBeanDiscovery discovery) {
        Config config = ConfigProvider.getConfig();
        try {
            List<String> names = ConfiguredProviders.overHttp(config, name -> LOG.info(() -> "provider '" + name
                    + "' is left out: it has no API key (" + ProviderConfig.PREFIX + name + ".api-key)"));
            for (String name : names) {
                discovery.addAnnotatedType(HttpProvider.class, "provider-" + name)
                        .add(new ProviderName.Literal(name)).add(ApplicationScoped.Literal.INSTANCE);
            }
        } catch (IllegalArgumentException e) {
            badValue = e;
        }
    }

    void refuseBadValues(@Observes AfterBeanDiscovery discovery) {
        if (badValue != null) {
            discovery.addDefinitionError(badValue);
        }
    }
}
