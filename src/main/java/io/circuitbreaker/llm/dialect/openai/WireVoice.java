package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.Voice;
import io.circuitbreaker.llm.dialect.JsonCursor;

/**
 * Makes a chunk that is forwarded as text one of an answer in which several speak: with the answer's id, and as another
 * choice. All else stays as it is, who speaks included. Belongs to one stream.
 */
final class WireVoice {

    private final String id;
    private final StringBuilder out = new StringBuilder(512);
    private String chunk = "";
    private int copied;

    WireVoice(String answerId) {
        this.id = JsonText.quote(answerId);
    }

    /** @param json as a reader let it pass: an object that is not empty, and choices that are not */
    String speak(String json, Voice voice) {
        chunk = json;
        copied = 0;
        out.setLength(0);
        JsonCursor cursor = new JsonCursor(json);
        cursor.enterObject();
        int start = cursor.position();
        boolean hasId = false;
        while (cursor.nextMember()) {
            if (cursor.keyIs("id")) {
                hasId = true;
                replaceValue(cursor, id);
            } else if (cursor.keyIs("choices") && cursor.peek() == '[') {
                choices(cursor, voice.choice());
            } else {
                cursor.skip();
            }
        }
        out.append(chunk, copied, chunk.length());
        if (!hasId) {
            out.insert(start, "\"id\":" + id + ",");
        }
        return out.toString();
    }

    private void choices(JsonCursor cursor, int index) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            cursor.enterObject();
            int start = cursor.position();
            boolean hasIndex = false;
            while (cursor.nextMember()) {
                if (cursor.keyIs("index")) {
                    hasIndex = true;
                    replaceValue(cursor, Integer.toString(index));
                } else {
                    cursor.skip();
                }
            }
            if (!hasIndex) {
                out.append(chunk, copied, start).append("\"index\":").append(index).append(',');
                copied = start;
            }
        }
    }

    private void replaceValue(JsonCursor cursor, String value) {
        cursor.peek();
        out.append(chunk, copied, cursor.position()).append(value);
        cursor.skip();
        copied = cursor.position();
    }
}
