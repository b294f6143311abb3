package io.circuitbreaker.llm.dialect.openai;

import java.util.ArrayList;
import java.util.List;

/**
 * Which call a piece of a tool call belongs to. Servers number calls from 0, from 1, all alike, or not at all, and
 * repeat ids and names or make up a new id for each piece; clients count on dense numbers from 0, and on one id and one
 * name for each call.
 */
final class ToolCallIndexes {

    static final int NO_INDEX = -1;

    /**
     * A piece as the server sent it.
     *
     * @param wireIndex {@link #NO_INDEX} if it is not numbered
     * @param id        empty if it has none
     * @param name      of the function; empty if it has none
     */
    record Piece(int wireIndex, String id, String name) {

        boolean isNumbered() {
            return wireIndex != NO_INDEX;
        }
    }

    /** Where a piece belongs, whether it opens its call, and whether its name is the call's first. */
    record Place(int index, boolean opens, boolean names) {
    }

    private static final class Call {
        private final int choice;
        private final int wireIndex;
        private final String id;
        private final Place continuation;
        private String name;

        Call(int choice, Piece opening, int index) {
            this.choice = choice;
            this.wireIndex = opening.wireIndex;
            this.id = opening.id;
            this.name = opening.name;
            this.continuation = new Place(index, false, false);
        }

        boolean goesOnWith(Piece piece) {
            if (piece.isNumbered() && piece.wireIndex != wireIndex) {
                return false;
            }
            boolean sameId = !piece.id.isEmpty() && piece.id.equals(id);
            if (sameId) {
                return true;
            }
            if (!piece.isNumbered() && !piece.id.isEmpty()) {
                return false;
            }
            // A new id alone is no new call, for some servers make one up for each piece; a call begins with a name.
            boolean names = !piece.name.isEmpty() && !name.isEmpty();
            return !names || piece.isNumbered() && piece.id.isEmpty() && piece.name.equals(name);
        }

        Place goOnWith(Piece piece) {
            boolean names = name.isEmpty() && !piece.name.isEmpty();
            if (!names) {
                return continuation;
            }
            name = piece.name;
            return new Place(continuation.index, false, true);
        }
    }

    private final List<Call> calls = new ArrayList<>();

    Place place(int choice, Piece piece) {
        int callsOfChoice = 0;
        Call match = null;
        for (Call call : calls) {
            if (call.choice == choice) {
                callsOfChoice++;
                // The last one wins: a server that gives all calls one number means the call that it opened last.
                match = call.goesOnWith(piece) ? call : match;
            }
        }
        if (match != null) {
            return match.goOnWith(piece);
        }
        calls.add(new Call(choice, piece, callsOfChoice));
        return new Place(callsOfChoice, true, !piece.name.isEmpty());
    }
}
