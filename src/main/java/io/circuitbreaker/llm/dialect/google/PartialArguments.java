package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts together the arguments of a call that Vertex streams in pieces, each a scalar with its place: {@code
 * {"jsonPath":"$.a[0].b","stringValue":"…"}}. A string may come in several pieces of the same place.
 *
 * <p>Nodes are maps, lists, string builders (strings that may still grow) and JSON values. Any piece that does not fit
 * throws {@link IllegalArgumentException}: arguments with a hole must not reach a tool.
 */
final class PartialArguments {

    /** A bound on what one wild index can make us allocate. */
    private static final int MAX_INDEX = 10_000;

    private final Map<String, Object> root = new LinkedHashMap<>();

    void addAll(JsonObject arguments) {
        root.putAll(arguments);
    }

    void add(JsonArray pieces) {
        for (JsonValue piece : pieces) {
            if (!(piece instanceof JsonObject object) || !(object.get("jsonPath") instanceof JsonString path)) {
                throw new IllegalArgumentException("a piece of an argument has no jsonPath");
            }
            add(steps(path.getString()), object);
        }
    }

    String json() {
        StringBuilder out = new StringBuilder();
        write(out, root);
        return out.toString();
    }

    private void add(List<Object> steps, JsonObject piece) {
        Object node = root;
        for (int i = 0; i < steps.size() - 1; i++) {
            Object next = get(node, steps.get(i));
            if (next == null || next == JsonValue.NULL) {
                next = steps.get(i + 1) instanceof Integer ? new ArrayList<>() : new LinkedHashMap<String, Object>();
                set(node, steps.get(i), next);
            }
            node = next;
        }
        Object last = steps.getLast();
        if (piece.get("stringValue") instanceof JsonString text && get(node, last) instanceof StringBuilder before) {
            before.append(text.getString());
            return;
        }
        Object leaf = leaf(piece);
        if (leaf != null) {
            set(node, last, leaf);
        }
    }

    /** Null where a piece only names its place. */
    private static Object leaf(JsonObject piece) {
        if (piece.get("stringValue") instanceof JsonString text) {
            return new StringBuilder(text.getString());
        }
        if (piece.containsKey("nullValue")) {
            return JsonValue.NULL;
        }
        return piece.getOrDefault("numberValue", piece.get("boolValue"));
    }

    private static Object get(Object node, Object step) {
        return switch (node) {
            case JsonValue whole -> throw new IllegalArgumentException("a piece of an argument is inside a whole one");
            case Map<?, ?> map when step instanceof String -> map.get(step);
            case List<?> list when step instanceof Integer index -> index < list.size() ? list.get(index) : null;
            default -> throw new IllegalArgumentException("a piece of an argument contradicts those before it");
        };
    }

    @SuppressWarnings("unchecked") // we make the only maps and lists there are, and get() has looked at their kind
    private static void set(Object node, Object step, Object value) {
        get(node, step);
        if (step instanceof Integer index) {
            List<Object> list = (List<Object>) node;
            while (list.size() <= index) {
                list.add(JsonValue.NULL);
            }
            list.set(index, value);
        } else {
            ((Map<String, Object>) node).put((String) step, value);
        }
    }

    /** {@code $.a[0]['b c']} as "a", 0, "b c". */
    private static List<Object> steps(String path) {
        List<Object> steps = new ArrayList<>();
        int i = path.startsWith("$") ? 1 : 0;
        while (i < path.length()) {
            if (path.charAt(i) == '[') {
                int close = closing(path, i);
                steps.add(bracket(path.substring(i + 1, close)));
                i = close + 1;
            } else {
                int start = path.charAt(i) == '.' ? i + 1 : i;
                i = start;
                while (i < path.length() && path.charAt(i) != '.' && path.charAt(i) != '[') {
                    i++;
                }
                steps.add(path.substring(start, i));
            }
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a piece of an argument has an empty jsonPath");
        }
        return steps;
    }

    private static int closing(String path, int open) {
        char quote = open + 1 < path.length() ? path.charAt(open + 1) : ' ';
        boolean quoted = quote == '\'' || quote == '"';
        int close = quoted ? path.indexOf(quote + "]", open + 2) + 1 : path.indexOf(']', open);
        if (close <= open) {
            throw new IllegalArgumentException("a piece of an argument has an open bracket in its jsonPath");
        }
        return close;
    }

    private static Object bracket(String inside) {
        char first = inside.isEmpty() ? ' ' : inside.charAt(0);
        if (first == '\'' || first == '"') {
            return inside.substring(1, inside.length() - 1);
        }
        int index = inside.matches("\\d{1,6}") ? Integer.parseInt(inside) : MAX_INDEX + 1;
        if (index > MAX_INDEX) {
            throw new IllegalArgumentException("a piece of an argument has an index that is not 0 to " + MAX_INDEX);
        }
        return index;
    }

    private static void write(StringBuilder out, Object node) {
        switch (node) {
            case StringBuilder text -> JsonText.quote(out, text.toString());
            case JsonValue value -> out.append(value);
            case Map<?, ?> map -> {
                char separator = '{';
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    JsonText.quote(out.append(separator), (String) member.getKey()).append(':');
                    write(out, member.getValue());
                    separator = ',';
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                char separator = '[';
                for (Object element : list) {
                    write(out.append(separator), element);
                    separator = ',';
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            default -> throw new IllegalStateException("unexpected node " + node.getClass());
        }
    }
}
