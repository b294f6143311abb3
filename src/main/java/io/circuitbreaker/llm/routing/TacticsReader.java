package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Recovery;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.config.DurationRange;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** Reads tactics from words, which configuration and clients write alike. */
public final class TacticsReader {

    public static final String RECOVERY = "recovery";
    public static final String HEDGE_AFTER = "hedge-after";
    public static final String RACE = "race";
    public static final String PARALLEL = "parallel";

    private static final DurationRange HEDGE_TIMES =
            new DurationRange(Duration.ofMillis(1), Duration.ofMinutes(1), "PT0.8S");

    private final UnaryOperator<String> text;
    private final UnaryOperator<String> shown;

    /**
     * @param text  the words of one of the names above; empty if absent
     * @param shown how that name is called where the words come from
     */
    public TacticsReader(UnaryOperator<String> text, UnaryOperator<String> shown) {
        this.text = text;
        this.shown = shown;
    }

    /** @throws IllegalArgumentException naming the setting, the value and the rule, if one is bad */
    public Tactics read() {
        Tactics tactics = new Tactics(hedgeAfter(), count(RACE), count(PARALLEL), recovery());
        boolean both = tactics.parallel().orElse(1) > 1 && (tactics.race().orElse(1) > 1
                || tactics.hedgeAfter().isPresent() || tactics.recovery().equals(Optional.of(Recovery.CONTINUE)));
        if (both) {
            throw bad(PARALLEL, "1 or absent beside " + shown.apply(RACE) + ", " + shown.apply(HEDGE_AFTER) + " or "
                    + shown.apply(RECOVERY) + ": side by side nobody has to be the first or to stand in");
        }
        return tactics;
    }

    private Optional<Duration> hedgeAfter() {
        String given = text.apply(HEDGE_AFTER);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(HEDGE_TIMES.parse(shown.apply(HEDGE_AFTER), given));
    }

    private OptionalInt count(String name) {
        String given = text.apply(name);
        if (given.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!given.matches("[1-9]") || Integer.parseInt(given) > Tactics.MOST_AT_ONCE) {
            throw bad(name, "a whole number from 1 to " + Tactics.MOST_AT_ONCE);
        }
        return OptionalInt.of(Integer.parseInt(given));
    }

    private Optional<Recovery> recovery() {
        return switch (text.apply(RECOVERY)) {
            case "" -> Optional.empty();
            case "none" -> Optional.of(Recovery.NONE);
            case "continue" -> Optional.of(Recovery.CONTINUE);
            default -> throw bad(RECOVERY, "continue or none");
        };
    }

    private IllegalArgumentException bad(String name, String rule) {
        return new IllegalArgumentException(shown.apply(name) + " must be " + rule + ", was '" + text.apply(name) + "'");
    }
}
