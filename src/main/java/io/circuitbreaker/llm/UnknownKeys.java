package io.circuitbreaker.llm;

import io.circuitbreaker.llm.provider.Providers;
import io.circuitbreaker.llm.edge.EdgeConfig;
import io.circuitbreaker.llm.rest.WarmUp;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.StreamingConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;

/** Warns at the start of every setting under {@code llm.} that nothing reads: most are typing errors. */
@ApplicationScoped
public class UnknownKeys {

    private static final Logger LOG = Logger.getLogger(UnknownKeys.class.getName());

    void warn(@Observes Startup startup, Config config) {
        List<String> known = known(config);
        unknown(StreamSupport.stream(config.getPropertyNames().spliterator(), false).toList(), known)
                .forEach(name -> LOG.warning(() -> "unknown setting " + name + " is ignored"));
    }

    /** Each once: Open Liberty lists a variable of the environment also in the form that a key might have. */
    static Collection<String> unknown(Collection<String> names, List<String> known) {
        return names.stream().filter(name -> !isKnown(name, known)).sorted()
                .collect(Collectors.toMap(UnknownKeys::environmentForm, name -> name, (first, _) -> first, TreeMap::new))
                .values();
    }

    static boolean isKnown(String name, List<String> known) {
        String form = environmentForm(name);
        return !form.startsWith("LLM_") || known.stream().map(UnknownKeys::environmentForm).anyMatch(form::equals);
    }

    private static List<String> known(Config config) {
        return Stream.of(Providers.keys(config).stream(), LlmRouter.keys(config).stream(), EdgeConfig.KEYS.stream(),
                Stream.of(WarmUp.KEY),
                StreamingConfig.KEYS.stream().map(key -> StreamingConfig.PREFIX + key)).flatMap(keys -> keys).toList();
    }

    /** The environment has no dots and hyphens, so keys are compared in its form. */
    private static String environmentForm(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
