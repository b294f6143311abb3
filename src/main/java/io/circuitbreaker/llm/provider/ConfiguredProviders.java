package io.circuitbreaker.llm.provider;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.Config;

/** Which providers {@code llm.providers} names, and which of them can be used. */
final class ConfiguredProviders {

    static final String KEY = "llm.providers";
    static final String DEFAULT = "openai,anthropic,google,demo";

    private ConfiguredProviders() {
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule */
    static List<String> names(Config config) {
        String value = config.getOptionalValue(KEY, String.class).orElse(DEFAULT);
        List<String> names = Arrays.stream(value.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
        for (String name : names) {
            if (!name.matches("[a-z0-9][a-z0-9-]*")) {
                throw new IllegalArgumentException(KEY
                        + " must be a comma-separated list of names of lower-case letters, digits and hyphens, was '"
                        + value + "'");
            }
        }
        if (names.isEmpty() || names.stream().distinct().count() != names.size()) {
            throw new IllegalArgumentException(KEY + " must name at least one provider, and none twice, was '" + value + "'");
        }
        return names;
    }

    /** Those that speak HTTP and have what they need; of the others {@code leftOut} hears. */
    static List<String> overHttp(Config config, Consumer<String> leftOut) {
        return names(config).stream().filter(name -> !name.equals(DemoProvider.NAME)).filter(name -> {
            boolean usable = ProviderConfig.load(config, name, List.of()).usable();
            if (!usable) {
                leftOut.accept(name);
            }
            return usable;
        }).toList();
    }
}
