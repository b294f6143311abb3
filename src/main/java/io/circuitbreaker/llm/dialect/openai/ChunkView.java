package io.circuitbreaker.llm.dialect.openai;

import io.circuitbreaker.llm.dialect.JsonCursor;
import io.circuitbreaker.llm.dialect.openai.ToolCallIndexes.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A side view of a chunk that will be forwarded as text: what the router must know of it, found in one walk. Belongs to
 * one stream; {@link #look} overwrites what it said of the chunk before.
 */
final class ChunkView {

    // the whole stream so far
    private final ToolCallIndexes toolCalls = new ToolCallIndexes();
    private final BitSet started = new BitSet();
    private final BitSet finished = new BitSet();
    String id = "";
    long created;
    String model = "";

    // the chunk at hand
    String error;
    String usage;
    int usageFrom;
    int usageTo;
    boolean hasProvider;
    boolean hasChoices;
    boolean speaks;
    boolean finishes;
    String lastFinish = "";
    /** Where the tool call pieces belong, in the order of the text. */
    final List<Place> places = new ArrayList<>();
    /** The choices that repeat their finish. */
    final BitSet repeatedFinish = new BitSet();
    /** Whether it has something that a client of OpenAI's own API would stumble over. */
    boolean needsRepair;

    // the choice at hand
    private boolean hasDelta;
    private boolean finishesChoice;
    private final List<ToolPiece> pieces = new ArrayList<>();

    private record ToolPiece(int wireIndex, String id, boolean named, boolean emptyName) {
    }

    /** Whether all choices that have begun have ended. */
    boolean allFinished() {
        return !started.isEmpty() && started.equals(finished);
    }

    void look(String json) {
        reset();
        JsonCursor cursor = new JsonCursor(json);
        cursor.enterObject();
        while (cursor.nextMember()) {
            member(cursor);
        }
        cursor.end();
    }

    private void reset() {
        error = null;
        usage = null;
        hasProvider = false;
        hasChoices = false;
        speaks = false;
        finishes = false;
        needsRepair = false;
        places.clear();
        repeatedFinish.clear();
    }

    private void member(JsonCursor cursor) {
        if (cursor.keyIs("choices") && cursor.peek() == '[') {
            choices(cursor);
        } else if (cursor.keyIs("usage") && cursor.peek() == '{') {
            usageFrom = cursor.keyPosition();
            usage = cursor.raw();
            usageTo = cursor.position();
        } else if (cursor.keyIs("error") && isError(cursor)) {
            error = cursor.raw();
        } else if (cursor.keyIs("x_groq") && cursor.peek() == '{') {
            groq(cursor);
        } else if (cursor.keyIs("provider")) {
            hasProvider = true;
            cursor.skip();
        } else if (id.isEmpty() && cursor.keyIs("id") && cursor.peek() == '"') {
            id = cursor.string();
        } else if (model.isEmpty() && cursor.keyIs("model") && cursor.peek() == '"') {
            model = cursor.string();
        } else if (created == 0 && cursor.keyIs("created")) {
            created = cursor.integer();
        } else {
            cursor.skip();
        }
    }

    private static boolean isError(JsonCursor cursor) {
        char c = cursor.peek();
        return c == '{' || c == '"';
    }

    /** Groq's own extension; older models give usage only here. */
    private void groq(JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("usage") && cursor.peek() == '{' && usage == null) {
                usage = cursor.raw();
                usageFrom = -1;
            } else {
                cursor.skip();
            }
        }
    }

    private void choices(JsonCursor cursor) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            hasChoices = true;
            choice(cursor);
        }
    }

    private void choice(JsonCursor cursor) {
        int index = 0;
        hasDelta = false;
        finishesChoice = false;
        pieces.clear();
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("delta") && cursor.peek() == '{') {
                hasDelta = true;
                delta(cursor);
            } else if (cursor.keyIs("index")) {
                index = (int) cursor.integer();
            } else if (cursor.keyIs("finish_reason")) {
                String reason = cursor.string();
                finishesChoice = !reason.isEmpty();
                lastFinish = finishesChoice ? reason : lastFinish;
            } else {
                cursor.skip();
            }
        }
        started.set(index);
        needsRepair |= !hasDelta;
        finish(index);
        for (ToolPiece piece : pieces) {
            place(index, piece);
        }
    }

    private void finish(int choice) {
        if (!finishesChoice) {
            return;
        }
        finishes = true;
        if (finished.get(choice)) {
            repeatedFinish.set(choice);
            needsRepair = true;
        }
        finished.set(choice);
    }

    private void place(int choice, ToolPiece piece) {
        Place place = toolCalls.place(choice, piece.wireIndex, piece.id, piece.named);
        places.add(place);
        boolean opensTwice = !place.opens() && (!piece.id.isEmpty() || piece.named);
        needsRepair |= place.index() != piece.wireIndex || opensTwice || piece.emptyName;
    }

    private void delta(JsonCursor cursor) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("content") && cursor.peek() == '[') {
                speaks = true;
                needsRepair = true;
                cursor.skip();
            } else if (cursor.keyIs("content") || cursor.keyIs("reasoning_content") || cursor.keyIs("reasoning")
                    || cursor.keyIs("refusal")) {
                speaks |= cursor.skipNonEmptyString();
            } else if (cursor.keyIs("tool_calls") && cursor.peek() == '[') {
                toolCalls(cursor);
            } else if ((cursor.keyIs("function_call") || cursor.keyIs("audio")) && cursor.peek() == '{') {
                speaks = true;
                cursor.skip();
            } else {
                cursor.skip();
            }
        }
    }

    private void toolCalls(JsonCursor cursor) {
        cursor.enterArray();
        while (cursor.nextElement()) {
            speaks = true;
            toolCall(cursor);
        }
    }

    private void toolCall(JsonCursor cursor) {
        int index = ToolCallIndexes.NO_INDEX;
        String callId = "";
        boolean named = false;
        boolean emptyName = false;
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (cursor.keyIs("index")) {
                index = cursor.peek() == 'n' ? skipNull(cursor) : (int) cursor.integer();
            } else if (cursor.keyIs("id")) {
                callId = cursor.string();
            } else if (cursor.keyIs("function") && cursor.peek() == '{') {
                cursor.enterObject();
                while (cursor.nextMember()) {
                    if (cursor.keyIs("name")) {
                        boolean text = cursor.peek() == '"';
                        named = cursor.skipNonEmptyString();
                        emptyName = text && !named;
                    } else {
                        cursor.skip();
                    }
                }
            } else {
                cursor.skip();
            }
        }
        pieces.add(new ToolPiece(index, callId, named, emptyName));
    }

    private static int skipNull(JsonCursor cursor) {
        cursor.skip();
        return ToolCallIndexes.NO_INDEX;
    }
}
