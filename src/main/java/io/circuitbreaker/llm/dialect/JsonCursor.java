package io.circuitbreaker.llm.dialect;

/**
 * Walks over JSON text once, decoding only what it is asked for. It exists for the token path: a streamed chunk has
 * some twenty members of which two or three matter, and building objects for the rest would cost more than relaying it.
 *
 * <p>Usage mirrors the document: {@code enterObject()}, then {@code nextMember()} until false, each time consuming the
 * value with exactly one of {@code skip}, {@code raw}, {@code string}, {@code enterObject} or {@code enterArray}. Text
 * that is not JSON in the parts that are walked gives a {@link MalformedChunkException}, except that a string may hold
 * control characters; inside a skipped object or array only strings and brackets are looked at.
 */
public final class JsonCursor {

    private final String text;
    private int position;
    private int keyStart;
    private int keyEnd;
    private boolean first;

    public JsonCursor(String text) {
        this.text = text;
    }

    public void enterObject() {
        expect('{');
        first = true;
    }

    public void enterArray() {
        expect('[');
        first = true;
    }

    /** Moves to the next member's value; false at the object's end, which is consumed. */
    public boolean nextMember() {
        if (!next('}')) {
            return false;
        }
        if (peek() != '"') {
            throw malformed("a member name");
        }
        keyStart = position + 1;
        skipString();
        keyEnd = position - 1;
        expect(':');
        return true;
    }

    /** Moves to the next element; false at the array's end, which is consumed. */
    public boolean nextElement() {
        return next(']');
    }

    /** Whether the current member has this name, which must need no escape. */
    public boolean keyIs(String name) {
        int length = keyEnd - keyStart;
        return length == name.length() && text.startsWith(name, keyStart);
    }

    /** Where the current member's name begins in the text, its quote included. */
    public int keyPosition() {
        return keyStart - 1;
    }

    /** The first character of the value ahead. */
    public char peek() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (!isWhiteSpace(c)) {
                return c;
            }
            position++;
        }
        throw malformed("a value, not the end");
    }

    /** Where the cursor stands in the text. */
    public int position() {
        return position;
    }

    /** Consumes the value and says whether it is {@code null}. */
    public boolean skipNull() {
        boolean isNull = peek() == 'n';
        skip();
        return isNull;
    }

    /** Consumes the value and says whether it is a string that is not empty. */
    public boolean skipNonEmptyString() {
        boolean string = peek() == '"';
        int start = position;
        skip();
        return string && position - start > 2;
    }

    /** The text of a string; empty for {@code null}, which is consumed. */
    public String string() {
        char c = peek();
        if (c == 'n') {
            skip();
            return "";
        }
        if (c != '"') {
            throw malformed("a string");
        }
        int start = position + 1;
        boolean plain = skipString();
        int end = position - 1;
        return plain ? text.substring(start, end) : JsonScalars.unescaped(text, start, end);
    }

    /** The value's JSON text. */
    public String raw() {
        peek();
        int start = position;
        skip();
        return text.substring(start, position);
    }

    /** The value as a whole number; 0 for {@code null}. */
    public long integer() {
        String digits = raw();
        if (digits.equals("null")) {
            return 0;
        }
        try {
            return digits.indexOf('.') < 0 && digits.indexOf('e') < 0 && digits.indexOf('E') < 0
                    ? Long.parseLong(digits) : (long) Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw new MalformedChunkException("expected a number at position " + position, e);
        }
    }

    /** Consumes the value, whatever it is. */
    public void skip() {
        char c = peek();
        if (c == '"') {
            skipString();
        } else if (c == '{' || c == '[') {
            skipNested();
        } else {
            skipScalar();
        }
    }

    /** @throws MalformedChunkException if anything but white space follows */
    public void end() {
        while (position < text.length()) {
            if (!isWhiteSpace(text.charAt(position))) {
                throw malformed("the end");
            }
            position++;
        }
    }

    private static boolean isWhiteSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private boolean next(char close) {
        char c = peek();
        if (c == close) {
            position++;
            first = false;
            return false;
        }
        if (!first) {
            expect(',');
            peek();
        }
        first = false;
        return true;
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw malformed("'" + wanted + "'");
        }
        position++;
    }

    /** Returns whether the string has no escape. */
    private boolean skipString() {
        boolean plain = true;
        int i = position + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"') {
                position = i + 1;
                return plain;
            }
            if (c == '\\') {
                plain = false;
                i++;
            }
            i++;
        }
        throw malformed("the end of a string");
    }

    private void skipNested() {
        int depth = 0;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                skipString();
                continue;
            }
            position++;
            if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0) {
                    return;
                }
            }
        }
        throw malformed("a closing bracket");
    }

    /** Reads no further than the scalar: what must not follow it is found by whatever comes next. */
    private void skipScalar() {
        switch (text.charAt(position)) {
            case 'n' -> skipLiteral("null");
            case 't' -> skipLiteral("true");
            case 'f' -> skipLiteral("false");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
                    position = JsonScalars.endOfNumber(text, position);
            default -> throw malformed("a value");
        }
    }

    private void skipLiteral(String literal) {
        if (!text.startsWith(literal, position)) {
            throw malformed("a value");
        }
        position += literal.length();
    }

    private MalformedChunkException malformed(String wanted) {
        return MalformedChunkException.expected(wanted, position, text);
    }
}
