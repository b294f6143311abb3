package io.circuitbreaker.llm.session;

import io.circuitbreaker.llm.config.DurationRange;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** Typed access to the keys under {@code llm.streaming.}: a bad value is refused with its key, its rule and itself. */
record Settings(Config config) {

    static final String PREFIX = "llm.streaming.";
    static final String EXAMPLE = "PT30S";

    String text(String suffix, String otherwise) {
        return given(suffix).orElse(otherwise);
    }

    boolean flag(String suffix, boolean otherwise) {
        Optional<String> value = given(suffix);
        if (value.isEmpty()) {
            return otherwise;
        }
        return switch (value.get()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(suffix, "true or false", value.get());
        };
    }

    /** One of an enum's words, in lower case and with hyphens. */
    <E extends Enum<E>> E choice(String suffix, E otherwise, Class<E> type) {
        Optional<String> value = given(suffix);
        if (value.isEmpty()) {
            return otherwise;
        }
        List<String> words = Stream.of(type.getEnumConstants())
                .map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList();
        int place = words.indexOf(value.get());
        if (place < 0) {
            throw bad(suffix, "one of " + String.join(", ", words), value.get());
        }
        return type.getEnumConstants()[place];
    }

    int number(String suffix, int otherwise, int min, int max) {
        Optional<String> value = given(suffix);
        if (value.isEmpty()) {
            return otherwise;
        }
        boolean digits = value.get().matches("\\d{1,9}");
        if (!digits || Integer.parseInt(value.get()) < min || Integer.parseInt(value.get()) > max) {
            throw bad(suffix, "a whole number from " + min + " to " + max, value.get());
        }
        return Integer.parseInt(value.get());
    }

    Duration duration(String suffix, Duration otherwise, Duration min, Duration max) {
        return given(suffix).map(value -> new DurationRange(min, max, EXAMPLE).parse(PREFIX + suffix, value))
                .orElse(otherwise);
    }

    private Optional<String> given(String suffix) {
        return config.getOptionalValue(PREFIX + suffix, String.class).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static IllegalArgumentException bad(String suffix, String rule, String value) {
        return new IllegalArgumentException(PREFIX + suffix + " must be " + rule + ", was '" + value + "'");
    }
}
