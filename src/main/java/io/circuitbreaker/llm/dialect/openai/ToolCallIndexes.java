package io.circuitbreaker.llm.dialect.openai;

import java.util.ArrayList;
import java.util.List;

/**
 * Which call a piece of a tool call belongs to. Servers number calls from 0, from 1, all alike, or not at all; clients
 * count on dense numbers from 0 and one opening piece for each call.
 */
final class ToolCallIndexes {

    static final int NO_INDEX = -1;

    /** Where a piece belongs, and whether it opens its call. */
    record Place(int index, boolean opens) {
    }

    private static final class Call {
        private final int choice;
        private final int wireIndex;
        private final String id;
        private final Place continuation;

        Call(int choice, int wireIndex, String id, int index) {
            this.choice = choice;
            this.wireIndex = wireIndex;
            this.id = id;
            this.continuation = new Place(index, false);
        }
    }

    private final List<Call> calls = new ArrayList<>();

    /**
     * @param wireIndex as the server numbers it, or {@link #NO_INDEX}
     * @param id        empty if the piece has none
     * @param named     whether it names a function: with neither number nor id, that begins a call
     */
    Place place(int choice, int wireIndex, String id, boolean named) {
        boolean anonymous = wireIndex == NO_INDEX && id.isEmpty() && named;
        int callsOfChoice = 0;
        Call match = null;
        for (Call call : calls) {
            if (call.choice != choice) {
                continue;
            }
            callsOfChoice++;
            boolean sameNumber = wireIndex == NO_INDEX || call.wireIndex == wireIndex;
            // The last one wins: a server that gives all calls one number means the call that it opened last.
            if (!anonymous && sameNumber && (id.isEmpty() || id.equals(call.id))) {
                match = call;
            }
        }
        if (match != null) {
            return match.continuation;
        }
        calls.add(new Call(choice, wireIndex, id, callsOfChoice));
        return new Place(callsOfChoice, true);
    }
}
