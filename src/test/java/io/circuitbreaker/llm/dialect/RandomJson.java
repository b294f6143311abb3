package io.circuitbreaker.llm.dialect;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Writes JSON documents that use all of RFC 8259: every escape, white space everywhere, numbers of every form. */
final class RandomJson {

    private static final String[] CHARACTERS = {"a", "Z", "0", " ", "{", "}", "[", "]", ":", ",", "/", "'", "ä", "€",
            "\u2028", "🚀", "\u007F", "\uFFFD"};
    private static final String[] ESCAPES = {"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000",
            "\\u001f", "\\u00e4", "\\u00E4", "\\u20AC", "\\ud83d\\ude80", "\\uD83D", "\\uDE80"};
    private static final String[] NUMBERS = {"0", "-0", "7", "-12", "1234567890", "9007199254740993",
            "123456789012345678901234567890", "0.5", "-0.25", "1.50", "1e3", "1E+3", "2e-3", "-1.25E-2", "0e0"};
    private static final String[] WHITE_SPACE = {"", "", "", " ", "  ", "\n", "\r\n", "\t"};
    private static final int DEPTH = 4;

    private final Random random;
    private final StringBuilder out = new StringBuilder();

    private RandomJson(long seed) {
        random = new Random(seed);
    }

    /** An object or an array, without white space around it: every text cut short of it is malformed. */
    static String document(long seed) {
        RandomJson json = new RandomJson(seed);
        if (json.random.nextInt(4) == 0) {
            json.array(DEPTH);
        } else {
            json.object(DEPTH);
        }
        return json.out.toString();
    }

    private void value(int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> out.append("null");
            case 1 -> out.append(random.nextBoolean());
            case 2, 3 -> out.append(pick(NUMBERS));
            case 4, 5 -> string();
            case 6 -> object(depth - 1);
            default -> array(depth - 1);
        }
    }

    private void object(int depth) {
        out.append('{');
        Set<String> names = new HashSet<>();
        int members = random.nextInt(5);
        for (int i = 0; i < members; i++) {
            out.append(i == 0 ? "" : ",");
            space();
            int start = out.length();
            string();
            if (!names.add(out.substring(start))) {
                out.setLength(start);
                out.append("\"member ").append(i).append('"');
            }
            space();
            out.append(':');
            spaced(depth);
        }
        space();
        out.append('}');
    }

    private void array(int depth) {
        out.append('[');
        int elements = random.nextInt(5);
        for (int i = 0; i < elements; i++) {
            out.append(i == 0 ? "" : ",");
            spaced(depth);
        }
        space();
        out.append(']');
    }

    private void spaced(int depth) {
        space();
        value(depth);
        space();
    }

    private void string() {
        out.append('"');
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            out.append(random.nextInt(3) == 0 ? pick(ESCAPES) : pick(CHARACTERS));
        }
        out.append('"');
    }

    private void space() {
        out.append(pick(WHITE_SPACE));
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
