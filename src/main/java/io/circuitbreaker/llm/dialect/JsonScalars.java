package io.circuitbreaker.llm.dialect;

import java.util.HexFormat;

/** The inner grammar of JSON's numbers and strings (RFC 8259 sections 6 and 7), for {@link JsonCursor}. */
final class JsonScalars {

    private JsonScalars() {
    }

    /** Where the number from {@code start} on ends. Raw numbers are passed on: half a one must not look like one. */
    static int endOfNumber(String text, int start) {
        int at = isAt(text, start, '-') ? start + 1 : start;
        at = isAt(text, at, '0') ? at + 1 : endOfDigits(text, at);
        if (isAt(text, at, '.')) {
            at = endOfDigits(text, at + 1);
        }
        if (isAt(text, at, 'e') || isAt(text, at, 'E')) {
            at++;
            at = endOfDigits(text, isAt(text, at, '+') || isAt(text, at, '-') ? at + 1 : at);
        }
        return at;
    }

    private static int endOfDigits(String text, int start) {
        int at = start;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw MalformedChunkException.expected("a digit", start, text);
        }
        return at;
    }

    private static boolean isAt(String text, int at, char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    /** What the inside of a string means, which stands between these. */
    static String unescaped(String text, int start, int end) {
        StringBuilder out = new StringBuilder(end - start);
        int i = start;
        while (i < end) {
            char c = text.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = text.charAt(i++);
            switch (escaped) {
                case '"', '\\', '/' -> out.append(escaped);
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    out.append(unicode(text, i, end));
                    i += 4;
                }
                default -> throw MalformedChunkException.expected("an escape", i - 1, text);
            }
        }
        return out.toString();
    }

    private static char unicode(String text, int start, int end) {
        if (end - start < 4) {
            throw MalformedChunkException.expected("four hexadecimal digits", start, text);
        }
        try {
            return (char) HexFormat.fromHexDigits(text, start, start + 4);
        } catch (IllegalArgumentException e) {
            throw new MalformedChunkException("expected four hexadecimal digits at position " + start, e);
        }
    }
}
