package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.config.DurationRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.config.Config;

/**
 * The routes that {@code llm.routes} names.
 *
 * @param maxWait                 how long a request waits at most for a provider that has asked to be left alone; zero:
 *                                not at all
 * @param continuationInstruction what a model is told that is to go on with an answer and does not do so by itself
 */
record RouteConfig(List<Route> routes, Duration maxWait, String continuationInstruction) {

    static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);
    static final String ROUTES = "llm.routes";
    static final String PREFIX = "llm.route.";
    static final String MAX_WAIT = PREFIX + "max-wait";

    static final String INSTRUCTION = PREFIX + "continuation-instruction";
    static final String DEFAULT_INSTRUCTION = "Your last message was cut off by a technical fault while it was being sent."
            + " Go on with it from exactly where it stops, even in the middle of a word, a sentence or a block of code. Begin"
            + " with the very next character, and with a space if one belongs there. Do not repeat what is already there, do"
            + " not start anew, and say nothing about the interruption or about these words.";

    private static final int LONGEST_INSTRUCTION = 4000;
    private static final DurationRange MAX_WAITS = new DurationRange(Duration.ZERO, Duration.ofMinutes(5), "PT10S");

    static final RouteConfig NONE = new RouteConfig(List.of(), DEFAULT_MAX_WAIT, DEFAULT_INSTRUCTION);

    RouteConfig {
        routes = List.copyOf(routes);
    }

    /** @throws IllegalArgumentException naming the key, the value and the rule, if a value is bad */
    static RouteConfig load(Config config) {
        List<Route> routes = aliases(config).stream().map(alias -> new RouteReader(config, alias).read()).toList();
        String wait = text(config, MAX_WAIT);
        return new RouteConfig(routes, wait.isEmpty() ? DEFAULT_MAX_WAIT : MAX_WAITS.parse(MAX_WAIT, wait), instruction(config));
    }

    /** All keys that routes read, for the aliases that are configured. */
    static List<String> keys(Config config) {
        List<String> keys = new ArrayList<>(List.of(ROUTES, MAX_WAIT, INSTRUCTION));
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

    private static String instruction(Config config) {
        String given = text(config, INSTRUCTION);
        if (given.length() > LONGEST_INSTRUCTION) {
            throw new IllegalArgumentException(INSTRUCTION + " must have at most " + LONGEST_INSTRUCTION
                    + " characters, had " + given.length());
        }
        return given.isEmpty() ? DEFAULT_INSTRUCTION : given;
    }
}
