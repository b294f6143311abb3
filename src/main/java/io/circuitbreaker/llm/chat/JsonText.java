package io.circuitbreaker.llm.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.util.Map;

/** JSON as text: reading with the platform's parser, and writing strings on the token path. Thread-safe. */
public final class JsonText {

    /** Kept, because {@code Json.createReader} looks for the implementation anew at each call. */
    public static final JsonProvider JSON = JsonProvider.provider();

    private static final JsonParserFactory PARSERS = JSON.createParserFactory(Map.of());
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {
    }

    /** @throws JsonException if {@code text} is not one JSON object */
    public static JsonObject parseObject(String text) {
        JsonValue value = parse(text);
        if (value.getValueType() != JsonValue.ValueType.OBJECT) {
            throw new JsonException("expected a JSON object, was " + value.getValueType());
        }
        return value.asJsonObject();
    }

    /** @throws JsonException if {@code text} is not one JSON value */
    public static JsonValue parse(String text) {
        // Not a JsonReader: it takes what begins as a value and does not look at what follows.
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            parser.next();
            JsonValue value = parser.getValue();
            if (parser.hasNext()) {
                throw new JsonParsingException("more than one JSON value", parser.getLocation());
            }
            return value;
        } catch (JsonException malformed) {
            throw malformed;
        } catch (RuntimeException beyondLimits) {
            // The parser's limits on nesting and the JDK's on exponents; the sender's doing like any other error.
            throw new JsonException("the text is beyond the limits of the JSON parser", beyondLimits);
        }
    }

    /** Appends {@code value} as a JSON string, quotes included (RFC 8259 section 7). */
    public static StringBuilder quote(StringBuilder out, String value) {
        out.append('"');
        int clean = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (isPair(value, i)) {
                i++;
                continue;
            }
            out.append(value, clean, i);
            escape(out, c);
            clean = i + 1;
        }
        return out.append(value, clean, value.length()).append('"');
    }

    public static String quote(String value) {
        return quote(new StringBuilder(value.length() + 16), value).toString();
    }

    /** JSON as it goes over a wire. Half a surrogate pair, which has no form of its own in UTF-8, goes as an escape. */
    public static byte[] utf8(String json) {
        int half = half(json, 0);
        if (half < 0) {
            return json.getBytes(UTF_8);
        }
        StringBuilder escaped = new StringBuilder(json.length() + 16);
        int clean = 0;
        for (; half >= 0; half = half(json, clean)) {
            escape(escaped.append(json, clean, half), json.charAt(half));
            clean = half + 1;
        }
        return escaped.append(json, clean, json.length()).toString().getBytes(UTF_8);
    }

    /** Where the next half of a pair is that lacks the other half; negative if there is none. */
    private static int half(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!isPair(text, i)) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private static boolean isPair(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at)) && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
    }

    /** A lone surrogate has no UTF-8 form; as an escape it survives the wire. */
    private static void escape(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default -> out.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]).append(HEX[c >> 4 & 15])
                    .append(HEX[c & 15]);
        }
    }
}
