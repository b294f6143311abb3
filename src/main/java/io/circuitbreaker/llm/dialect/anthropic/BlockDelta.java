package io.circuitbreaker.llm.dialect.anthropic;

import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.TextTemplate;

/**
 * The event {@code content_block_delta}, of which nearly all of a stream consists: read in one walk that builds nothing
 * but the text. One object serves a whole stream.
 */
final class BlockDelta {

    enum Kind {
        TEXT("\"text_delta\""), THINKING("\"thinking_delta\""), SIGNATURE("\"signature_delta\""),
        ARGUMENTS("\"input_json_delta\""), OTHER("");

        private final String json;

        Kind(String json) {
            this.json = json;
        }
    }

    private static final String TYPE = "content_block_delta";
    private static final Kind[] KINDS = Kind.values();
    private static final String QUOTED_TYPE = '"' + TYPE + '"';

    // the whole stream so far
    private final TextTemplate template;
    private long templateIndex;

    // the event at hand
    private long index;
    private Kind kind;
    private String text;
    /** Where the text stands, without its quotes. */
    private int textFrom;
    private int textTo;
    private String thinking;
    private String signature;
    private String arguments;

    BlockDelta() {
        this(new TextTemplate());
    }

    BlockDelta(TextTemplate template) {
        this.template = template;
    }

    /**
     * Reads one event's data.
     *
     * @param eventType counts where the data has no type of its own
     * @return false if it is another event; nothing but its type has been checked then
     */
    boolean read(String eventType, String json) {
        thinking = "";
        signature = "";
        arguments = "";
        if (template.fits(json)) {
            index = templateIndex;
            kind = Kind.TEXT;
            text = template.text(json);
            return true;
        }
        index = 0;
        kind = Kind.OTHER;
        text = "";
        return walk(eventType, json);
    }

    private boolean walk(String eventType, String json) {
        boolean isDelta = eventType.equals(TYPE);
        boolean saysSo = false;
        JsonCursor cursor = new JsonCursor(json);
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("type")) {
                isDelta = valueIs(QUOTED_TYPE, json, cursor);
                saysSo = isDelta;
                if (!isDelta) {
                    return false;
                }
            } else if (cursor.keyIs("index")) {
                index = cursor.integer();
            } else if (cursor.keyIs("delta") && cursor.peek() != 'n') {
                readDelta(json, cursor);
            } else {
                cursor.skip();
            }
        }
        cursor.end();
        // One that leaves its type to the event's is another where the event is another.
        if (saysSo && kind == Kind.TEXT && !text.isEmpty()) {
            template.learn(json, textFrom, textTo);
            templateIndex = index;
        }
        return isDelta;
    }

    private void readDelta(String json, JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("type")) {
                kind = kind(json, cursor);
            } else if (cursor.keyIs("text")) {
                text(cursor);
            } else if (cursor.keyIs("partial_json")) {
                arguments = cursor.string();
            } else if (cursor.keyIs("thinking")) {
                thinking = cursor.string();
            } else if (cursor.keyIs("signature")) {
                signature = cursor.string();
            } else {
                cursor.skip();
            }
        }
    }

    private void text(JsonCursor cursor) {
        cursor.peek();
        textFrom = cursor.position() + 1;
        text = cursor.string();
        textTo = cursor.position() - 1;
    }

    private static Kind kind(String json, JsonCursor cursor) {
        cursor.peek();
        int start = cursor.position();
        cursor.skip();
        for (Kind known : KINDS) {
            if (is(known.json, json, start, cursor.position())) {
                return known;
            }
        }
        return Kind.OTHER;
    }

    private static boolean valueIs(String quoted, String json, JsonCursor cursor) {
        cursor.peek();
        int start = cursor.position();
        cursor.skip();
        return is(quoted, json, start, cursor.position());
    }

    /** Compares in place: cutting the type out would cost a string for every token. */
    private static boolean is(String wanted, String json, int start, int end) {
        return end - start == wanted.length() && json.startsWith(wanted, start);
    }

    long index() {
        return index;
    }

    Kind kind() {
        return kind;
    }

    /** What the kind is about: text, reasoning, a signature or a piece of arguments; empty for other kinds. */
    String value() {
        return switch (kind) {
            case TEXT -> text;
            case THINKING -> thinking;
            case SIGNATURE -> signature;
            case ARGUMENTS -> arguments;
            case OTHER -> "";
        };
    }
}
