package io.circuitbreaker.llm.dialect.google;

import io.circuitbreaker.llm.dialect.JsonCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * What one chunk says of one candidate. Read whole before any of it is given on, because the members come in any order
 * and the index may be last.
 *
 * @param finish empty if the chunk has none
 */
record CandidatePiece(int index, List<Part> parts, String finish) {

    static CandidatePiece read(JsonCursor cursor) {
        int index = 0;
        List<Part> parts = List.of();
        String finish = "";
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("content")) {
                parts = content(cursor);
            } else if (cursor.keyIs("finishReason")) {
                finish = cursor.string();
            } else if (cursor.keyIs("index")) {
                index = (int) cursor.integer();
            } else {
                cursor.skip();
            }
        }
        return new CandidatePiece(index, parts, finish);
    }

    private static List<Part> content(JsonCursor cursor) {
        List<Part> parts = List.of();
        if (isNull(cursor)) {
            return parts;
        }
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("parts") && cursor.peek() != 'n') {
                parts = parts(cursor);
            } else {
                cursor.skip();
            }
        }
        return parts;
    }

    private static List<Part> parts(JsonCursor cursor) {
        List<Part> parts = new ArrayList<>(2);
        cursor.enterArray();
        while (cursor.nextElement()) {
            parts.add(Part.read(cursor));
        }
        return parts;
    }

    private static boolean isNull(JsonCursor cursor) {
        return cursor.peek() == 'n' && cursor.skipNull();
    }
}
