package io.circuitbreaker.llm.session;

import java.util.List;

/** What a reader of a stream gets when it asks for what comes after an event. */
public sealed interface Page {

    /**
     * The next events, one after the other.
     *
     * @param firstId the number of the first; each next one has the next number
     * @param last    whether the stream has ended and nothing follows these. There may be none of them
     */
    record Events(long firstId, List<String> data, boolean last) implements Page {

        public Events {
            data = List.copyOf(data);
        }

        /** The number of the last of them; of the one before where there are none. */
        public long lastId() {
            return firstId + data.size() - 1;
        }
    }

    /** Nothing came within the time. */
    record Silence() implements Page {
    }

    /** The events right after it are not kept any more; the oldest that is has this number. */
    record Gone(long oldest) implements Page {
    }

    /** There has been no event of that number; the newest has this one. */
    record Ahead(long newest) implements Page {
    }
}
