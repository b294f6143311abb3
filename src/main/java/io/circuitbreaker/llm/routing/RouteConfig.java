package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.config.Config;

/**
 * The routes that {@code llm.routes} names.
 *
 * @param maxWait how long a request waits at most for a provider that has asked to be left alone; zero: not at all
 */
record RouteConfig(List<Route> routes, Duration maxWait) {

    static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);
    static final String ROUTES = "llm.routes";
    static final String PREFIX = "llm.route.";
    static final String MAX_WAIT = PREFIX + "max-wait";

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    RouteConfig {
        routes = List.copyOf(routes);
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    static RouteConfig load(Config config) {
        List<Route> routes = aliases(config).stream().map(alias -> new RouteReader(config, alias).read()).toList();
        String wait = text(config, MAX_WAIT);
        return new RouteConfig(routes, wait.isEmpty() ? DEFAULT_MAX_WAIT : maxWait(wait));
    }

    /** All keys that routes read, for the aliases that are configured. */
    static List<String> keys(Config config) {
        List<String> keys = new ArrayList<>(List.of(ROUTES, MAX_WAIT));
        for (String alias : aliases(config)) {
            RouteReader.KEYS.forEach(suffix -> keys.add(PREFIX + alias + "." + suffix));
        }
        return keys;
    }

    static String text(Config config, String key) {
        return config.getOptionalValue(key, String.class).orElse("").strip();
    }

    static List<String> list(String value) {
        return Arrays.stream(value.split(",")).map(String::strip).filter(element -> !element.isEmpty()).toList();
    }

    private static List<String> aliases(Config config) {
        String value = text(config, ROUTES);
        List<String> aliases = list(value);
        for (String alias : aliases) {
            if (!alias.matches("[A-Za-z0-9][A-Za-z0-9._:-]*")) {
                throw new IllegalArgumentException(ROUTES + " must be a comma-separated list of names of letters, digits,"
                        + " dots, hyphens, underscores and colons, was '" + value + "'");
            }
        }
        // The environment knows LLM_ROUTE_A_B_CANDIDATES only once.
        if (aliases.stream().map(RouteConfig::environmentForm).distinct().count() != aliases.size()) {
            throw new IllegalArgumentException(ROUTES + " must not name a route twice, nor two that differ only in case or"
                    + " punctuation, was '" + value + "'");
        }
        return aliases;
    }

    private static String environmentForm(String alias) {
        return alias.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static Duration maxWait(String value) {
        String rule = MAX_WAIT + " must be an ISO-8601 duration from PT0S to PT5M such as PT10S, was '" + value + "'";
        try {
            Duration wait = Duration.parse(value);
            if (wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0) {
                throw new IllegalArgumentException(rule);
            }
            return wait;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }
}
