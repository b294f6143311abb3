package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.TaskType;
import io.circuitbreaker.llm.routing.CatalogEntry.Tier;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads and checks the JSON of a catalog. A member that it does not know is refused: most are typing errors. */
final class CatalogReader {

    private static final Set<String> OF_THE_FILE = Set.of("as_of", "note", "models");
    private static final Set<String> OF_A_MODEL = Set.of("id", "vendor", "context_window", "max_output_tokens",
            "prices", "abilities", "tasks", "tier");
    private static final Set<String> OF_PRICES = Set.of("input", "cached_input", "output");
    private static final BigDecimal HIGHEST_PRICE = BigDecimal.valueOf(1_000_000);
    private static final int MOST_DECIMALS = 12;

    private final String source;

    /** @param source what is read, for messages */
    CatalogReader(String source) {
        this.source = source;
    }

    /** @throws IllegalArgumentException naming the source, the place and the rule */
    List<CatalogEntry> read(String json) {
        JsonObject file;
        try {
            file = JsonText.parseObject(json);
        } catch (JsonException e) {
            throw new IllegalArgumentException(source + " must be a JSON object: " + e.getMessage(), e);
        }
        checkMembers("the file", file, OF_THE_FILE);
        if (!(file.get("models") instanceof JsonArray models)) {
            throw bad("models", "an array of objects", file.get("models"));
        }
        List<CatalogEntry> entries = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < models.size(); i++) {
            CatalogEntry entry = entry("models[" + i + "]", models.get(i));
            if (!ids.add(entry.id())) {
                throw bad("models[" + i + "].id", "given once", models.getJsonObject(i).get("id"));
            }
            entries.add(entry);
        }
        return entries;
    }

    private CatalogEntry entry(String place, JsonValue value) {
        if (!(value instanceof JsonObject model)) {
            throw bad(place, "an object", value);
        }
        if (!(model.get("id") instanceof JsonString id) || !id.getString().matches("\\S+")) {
            throw bad(place + ".id", "provider/model or a model's name", model.get("id"));
        }
        String named = place + " (" + id.getString() + ")";
        checkMembers(named, model, OF_A_MODEL);
        return new CatalogEntry(id.getString(), vendor(named, model.get("vendor")),
                tokens(named, model, "context_window"), tokens(named, model, "max_output_tokens"),
                prices(named + ".prices", model.get("prices")),
                words(named + ".abilities", model.get("abilities"), Ability.class),
                words(named + ".tasks", model.get("tasks"), TaskType.class).orElse(Set.of()),
                word(named + ".tier", model.get("tier"), Tier.class));
    }

    private Optional<String> vendor(String place, JsonValue value) {
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonString vendor)) {
            throw bad(place + ".vendor", "a string", value);
        }
        return Optional.of(vendor.getString());
    }

    private OptionalLong tokens(String place, JsonObject model, String name) {
        if (!model.containsKey(name)) {
            return OptionalLong.empty();
        }
        if (!(model.get(name) instanceof JsonNumber number) || !number.toString().matches("[1-9]\\d{0,9}")) {
            throw bad(place + "." + name, "a whole number from 1 to 9999999999", model.get(name));
        }
        return OptionalLong.of(number.longValue());
    }

    private Optional<Prices> prices(String place, JsonValue value) {
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonObject prices)) {
            throw bad(place, "an object", value);
        }
        checkMembers(place, prices, OF_PRICES);
        BigDecimal input = price(place + ".input", prices.get("input"));
        BigDecimal cached = prices.containsKey("cached_input")
                ? price(place + ".cached_input", prices.get("cached_input")) : input;
        return Optional.of(new Prices(input, cached, price(place + ".output", prices.get("output"))));
    }

    private BigDecimal price(String place, JsonValue value) {
        String rule = "a number from 0 to " + HIGHEST_PRICE + " with at most " + MOST_DECIMALS
                + " decimals: US dollars for 1,000,000 tokens";
        if (!(value instanceof JsonNumber number)) {
            throw bad(place, rule, value);
        }
        BigDecimal price = number.bigDecimalValue();
        if (price.signum() < 0 || price.compareTo(HIGHEST_PRICE) > 0 || price.scale() > MOST_DECIMALS) {
            throw bad(place, rule, value);
        }
        return price;
    }

    private <E extends Enum<E>> Optional<Set<E>> words(String place, JsonValue value, Class<E> type) {
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof JsonArray array)) {
            throw bad(place, "an array of words", value);
        }
        Set<E> words = EnumSet.noneOf(type);
        for (int i = 0; i < array.size(); i++) {
            words.add(word(place + "[" + i + "]", array.get(i), type).orElseThrow());
        }
        return Optional.of(words);
    }

    private <E extends Enum<E>> Optional<E> word(String place, JsonValue value, Class<E> type) {
        if (value == null) {
            return Optional.empty();
        }
        List<String> allowed = Arrays.stream(type.getEnumConstants()).map(CatalogReader::word).toList();
        int found = value instanceof JsonString word ? allowed.indexOf(word.getString()) : -1;
        if (found < 0) {
            throw bad(place, "one of " + String.join(", ", allowed), value);
        }
        return Optional.of(type.getEnumConstants()[found]);
    }

    /** As the file writes it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void checkMembers(String place, JsonObject object, Set<String> known) {
        object.keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(source + ": " + place + " has an unknown member '" + name + "'; known are "
                    + String.join(", ", known.stream().sorted().toList()));
        });
    }

    private IllegalArgumentException bad(String place, String rule, JsonValue found) {
        return new IllegalArgumentException(source + ": " + place + " must be " + rule + ", was "
                + (found == null ? "absent" : found));
    }
}
