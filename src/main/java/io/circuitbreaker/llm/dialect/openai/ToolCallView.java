package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.openai.ToolCallIndexes.Piece;
import io.circuitbreaker.llm.dialect.openai.ToolCallIndexes.Place;
import java.util.ArrayList;
import java.util.List;

/** The part of {@link ChunkView} that looks at pieces of tool calls. Belongs to one stream. */
final class ToolCallView {

    // the whole stream so far
    private final ToolCallIndexes indexes = new ToolCallIndexes();

    // the chunk at hand
    private final List<Place> places = new ArrayList<>();
    private boolean needsRepair;

    // the choice at hand, whose index may stand behind its pieces
    private final List<Piece> pieces = new ArrayList<>();

    void nextChunk() {
        places.clear();
        needsRepair = false;
    }

    void nextChoice() {
        pieces.clear();
    }

    /** Where the pieces of the chunk belong, in the order of the text. */
    List<Place> places() {
        return places;
    }

    boolean needsRepair() {
        return needsRepair;
    }

    /** Walks over a delta's {@code tool_calls}; false if there are none in it. */
    boolean walk(JsonCursor cursor) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            piece(cursor);
        }
        return !pieces.isEmpty();
    }

    /** Says where the choice's pieces belong; false if it has none. */
    boolean place(int choice) {
        for (Piece piece : pieces) {
            Place place = indexes.place(choice, piece);
            places.add(place);
            boolean idMissing = place.opens() && piece.id().isEmpty();
            boolean idTwice = !place.opens() && !piece.id().isEmpty();
            boolean nameTwice = !place.names() && !piece.name().isEmpty();
            needsRepair |= place.index() != piece.wireIndex() || idMissing || idTwice || nameTwice;
        }
        return !pieces.isEmpty();
    }

    private void piece(JsonCursor cursor) {
        int index = ToolCallIndexes.NO_INDEX;
        String id = "";
        String name = "";
        boolean typed = false;
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("index") && cursor.peek() != 'n') {
                index = (int) cursor.integer();
            } else if (cursor.keyIs("id")) {
                id = cursor.string();
            } else if (cursor.keyIs("function") && cursor.peek() == '{') {
                name = function(cursor);
            } else if (cursor.keyIs("type")) {
                typed = cursor.skipNonEmptyString();
            } else {
                cursor.skip();
            }
        }
        needsRepair |= !typed && !name.isEmpty();
        pieces.add(new Piece(index, id, name));
    }

    private String function(JsonCursor cursor) {
        String name = "";
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("name")) {
                boolean text = cursor.peek() == '"';
                name = cursor.string();
                // Clients that overwrite what they have would lose the name to it.
                needsRepair |= text && name.isEmpty();
            } else {
                needsRepair |= cursor.keyIs("arguments") && cursor.peek() == '{';
                cursor.skip();
            }
        }
        return name;
    }
}
