package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import io.circuitbreaker.llm.dialect.TextEvent;
import java.util.Optional;

/**
 * Finds the one text of a chunk that adds nothing else: one choice that does not finish, with one text in its delta. Not
 * for the usual token path. Belongs to one event.
 */
final class TextEvents {

    private final String json;
    private final JsonCursor cursor;
    private boolean onlyText = true;
    private int texts;
    private int textFrom;
    private int textTo;
    private int paddingFrom;
    private int paddingTo;

    private TextEvents(String json) {
        this.json = json;
        this.cursor = new JsonCursor(json);
    }

    static Optional<TextEvent> of(String json) {
        if (!json.startsWith("{")) {
            return Optional.empty();
        }
        try {
            return new TextEvents(json).find();
        } catch (MalformedChunkException notOurs) {
            // Whatever it is, it goes on as it is.
            return Optional.empty();
        }
    }

    private Optional<TextEvent> find() {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("choices") && cursor.peek() == '[') {
                choices();
            } else if (cursor.keyIs("obfuscation") && texts == 1) {
                padding();
            } else if (cursor.keyIs("usage") || cursor.keyIs("error") || cursor.keyIs("continuation")) {
                onlyText &= cursor.skipNull();
            } else {
                cursor.skip();
            }
        }
        cursor.end();
        return onlyText && texts == 1 ? Optional.of(parts()) : Optional.empty();
    }

    private TextEvent parts() {
        String after = paddingTo == 0 ? json.substring(textTo)
                : json.substring(textTo, paddingFrom) + json.substring(paddingTo);
        return new TextEvent(json.substring(0, textFrom), json.substring(textFrom, textTo), after);
    }

    /** OpenAI's random letters, which hide how long a chunk's text is; no two are equal, and none is missed. */
    private void padding() {
        int comma = json.lastIndexOf(',', cursor.keyPosition());
        cursor.skip();
        paddingFrom = comma;
        paddingTo = cursor.position();
    }

    private void choices() {
        int choices = 0;
        cursor.enterArray();
        while (cursor.nextElement()) {
            choices++;
            choice();
        }
        onlyText &= choices == 1;
    }

    private void choice() {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("delta") && cursor.peek() == '{') {
                delta();
            } else if (cursor.keyIs("index")) {
                cursor.skip();
            } else {
                onlyText &= cursor.skipNull();
            }
        }
    }

    private void delta() {
        cursor.enterObject();
        while (cursor.nextMember()) {
            boolean text = cursor.keyIs("content") || cursor.keyIs("reasoning_content") || cursor.keyIs("reasoning")
                    || cursor.keyIs("refusal");
            if (text && cursor.peek() == '"') {
                texts++;
                textFrom = cursor.position() + 1;
                cursor.skip();
                textTo = cursor.position() - 1;
            } else if (cursor.keyIs("role")) {
                cursor.skip();
            } else {
                onlyText &= cursor.skipNull();
            }
        }
    }
}
