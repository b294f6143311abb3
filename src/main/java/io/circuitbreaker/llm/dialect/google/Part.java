package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.Media;
import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.MalformedChunkException;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/**
 * One part of a candidate's content. Parts of other kinds (code that Google ran, sound) have none of these, and nothing of
 * them can be given on.
 *
 * @param text      null if the part has none
 * @param signature empty if none
 * @param call      null if the part has none
 * @param image     null if the part has none
 */
record Part(String text, boolean thought, String signature, JsonObject call, Media.Inline image) {

    static Part read(JsonCursor cursor) {
        String text = null;
        boolean thought = false;
        String signature = "";
        JsonObject call = null;
        Media.Inline image = null;
        boolean otherKind = false;
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("text")) {
                text = cursor.string();
            } else if (cursor.keyIs("thought")) {
                thought = cursor.peek() == 't';
                cursor.skip();
            } else if (cursor.keyIs("thoughtSignature")) {
                signature = cursor.string();
            } else if (cursor.keyIs("functionCall")) {
                call = call(cursor.raw());
            } else if (cursor.keyIs("inlineData") && cursor.peek() == '{') {
                otherKind = true;
                image = image(cursor);
            } else {
                otherKind = true;
                cursor.skip();
            }
        }
        boolean onlySigns = text == null && call == null && !otherKind;
        return new Part(onlySigns ? "" : text, thought, signature, call, image);
    }

    boolean speaks() {
        return text != null && !text.isEmpty() || call != null || image != null;
    }

    /** Null if it is of another kind. */
    private static Media.Inline image(JsonCursor cursor) {
        String type = "";
        String data = "";
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("mimeType")) {
                type = cursor.string();
            } else if (cursor.keyIs("data")) {
                data = cursor.string();
            } else {
                cursor.skip();
            }
        }
        return type.startsWith("image/") && !data.isEmpty() ? new Media.Inline(type, data) : null;
    }

    private static JsonObject call(String json) {
        JsonObject call = object(json);
        JsonValue arguments = call.getOrDefault("args", JsonValue.NULL);
        if (arguments != JsonValue.NULL && !(arguments instanceof JsonObject)) {
            throw new MalformedChunkException("expected a function call's args to be a JSON object");
        }
        return call;
    }

    private static JsonObject object(String json) {
        try {
            return JsonText.parseObject(json);
        } catch (JsonException e) {
            // Its message may quote the text.
            throw new MalformedChunkException("expected a function call to be a JSON object");
        }
    }
}
