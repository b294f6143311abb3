package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Typed access to the members of a client's JSON object. {@code null} counts as absent, as it does at OpenAI. What has
 * the wrong type or range is refused with its full name ({@code messages[2].content}), the rule and what was found.
 */
final class Fields {

    private static final int SHOWN = 40;

    private final JsonObject object;
    private final String prefix;

    private Fields(JsonObject object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    static Fields of(JsonObject root) {
        return new Fields(root, "");
    }

    String path(String name) {
        return prefix + name;
    }

    boolean has(String name) {
        return object.containsKey(name) && !object.isNull(name);
    }

    JsonValue value(String name) {
        return object.getOrDefault(name, JsonValue.NULL);
    }

    String requiredText(String name) {
        return text(name).filter(text -> !text.isEmpty())
                .orElseThrow(() -> invalid(name, "is required and must be a string that is not empty"));
    }

    Optional<String> text(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        return value(name) instanceof JsonString text ? Optional.of(text.getString()) : refuse(name, "a string");
    }

    Optional<Boolean> flag(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        return switch (value(name).getValueType()) {
            case TRUE -> Optional.of(true);
            case FALSE -> Optional.of(false);
            default -> refuse(name, "true or false");
        };
    }

    OptionalDouble number(String name, double min, double max) {
        if (!has(name)) {
            return OptionalDouble.empty();
        }
        if (!(value(name) instanceof JsonNumber number)) {
            return refuse(name, "a number");
        }
        double given = number.doubleValue();
        if (!(given >= min && given <= max)) {
            throw invalid(name, "must be between " + shortest(min) + " and " + shortest(max) + ", was " + number);
        }
        return OptionalDouble.of(given);
    }

    Optional<BigDecimal> decimal(String name, long min, long max) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (!(value(name) instanceof JsonNumber number)) {
            return refuse(name, "a number");
        }
        checkRange(name, number, min, max);
        return Optional.of(number.bigDecimalValue());
    }

    OptionalLong whole(String name, long min, long max) {
        if (!has(name)) {
            return OptionalLong.empty();
        }
        if (!(value(name) instanceof JsonNumber number) || !isWhole(number)) {
            return refuse(name, "a whole number");
        }
        checkRange(name, number, min, max);
        return OptionalLong.of(number.longValue());
    }

    private void checkRange(String name, JsonNumber number, long min, long max) {
        boolean inRange = number.bigDecimalValue().compareTo(BigDecimal.valueOf(min)) >= 0
                && number.bigDecimalValue().compareTo(BigDecimal.valueOf(max)) <= 0;
        if (!inRange) {
            throw invalid(name, "must be between " + min + " and " + max + ", was " + number);
        }
    }

    OptionalInt smallWhole(String name, int min, int max) {
        OptionalLong value = whole(name, min, max);
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    Optional<Fields> nested(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        return value(name) instanceof JsonObject nested
                ? Optional.of(new Fields(nested, path(name) + ".")) : refuse(name, "an object");
    }

    Fields requiredNested(String name) {
        return nested(name).orElseThrow(() -> invalid(name, "is required and must be an object"));
    }

    Optional<JsonObject> json(String name) {
        return nested(name).map(fields -> fields.object);
    }

    Optional<JsonArray> array(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        return value(name) instanceof JsonArray array ? Optional.of(array) : refuse(name, "an array");
    }

    /** The elements of an array of objects; none if it is absent. */
    List<Fields> objects(String name) {
        List<Fields> elements = new ArrayList<>();
        JsonArray array = array(name).orElse(JsonValue.EMPTY_JSON_ARRAY);
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof JsonObject element)) {
                return refuse(name + "[" + i + "]", "an object", array.get(i));
            }
            elements.add(new Fields(element, path(name) + "[" + i + "]."));
        }
        return elements;
    }

    List<String> texts(String name) {
        List<String> elements = new ArrayList<>();
        JsonArray array = array(name).orElse(JsonValue.EMPTY_JSON_ARRAY);
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof JsonString element)) {
                return refuse(name + "[" + i + "]", "a string", array.get(i));
            }
            elements.add(element.getString());
        }
        return elements;
    }

    LlmException invalid(String name, String rule) {
        return new LlmException(Failure.InvalidRequest.of(path(name), "'" + path(name) + "' " + rule));
    }

    /** For a word that is none of those that are allowed. A long one is cut: it may be a prompt in the wrong place. */
    LlmException unknownWord(String name, String allowed, String found) {
        String shown = found.length() > SHOWN ? found.substring(0, SHOWN) + "…" : found;
        return invalid(name, "must be " + allowed + ", was \"" + shown + "\"");
    }

    <T> T refuse(String name, String wanted) {
        return refuse(name, wanted, value(name));
    }

    private <T> T refuse(String name, String wanted, JsonValue found) {
        throw invalid(name, "must be " + wanted + ", was " + kind(found));
    }

    private static String kind(JsonValue value) {
        return switch (value.getValueType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "the number " + value;
            case TRUE, FALSE -> value.toString();
            case NULL -> "null";
        };
    }

    private static boolean isWhole(JsonNumber number) {
        return number.isIntegral() || number.bigDecimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static String shortest(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
