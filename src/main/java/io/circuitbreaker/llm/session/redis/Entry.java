package io.circuitbreaker.llm.session.redis;

import io.circuitbreaker.llm.session.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An entry of a stream in Redis.
 *
 * @param number of the event; of the last one where this is the end
 * @param isEnd  the stream has ended; there is no event in it
 * @param isLost this event says that the server of the stream is gone; before it events may be missing
 */
record Entry(long number, String data, boolean isEnd, boolean isLost) {

    /** Of {@code [id, [name, value, …]]}. */
    static Entry of(Object reply) {
        List<?> parts = Reply.list(reply);
        Map<String, String> fields = Reply.map(parts.get(1));
        return new Entry(Reply.number(Reply.text(parts.get(0))), fields.getOrDefault("d", ""), fields.containsKey("end"),
                fields.containsKey("lost"));
    }

    /** What follows an event: at least one entry. */
    static Page page(long after, List<Entry> entries) {
        List<String> data = new ArrayList<>(entries.size());
        long firstId = after + 1;
        for (Entry entry : entries) {
            if (entry.isEnd) {
                return new Page.Events(firstId, data, true);
            }
            if (entry.number != firstId + data.size()) {
                if (!data.isEmpty()) {
                    // The next page begins with it.
                    return new Page.Events(firstId, data, false);
                }
                if (!entry.isLost) {
                    return new Page.Gone(entry.number);
                }
                firstId = entry.number;
            }
            data.add(entry.data);
        }
        return new Page.Events(firstId, data, false);
    }
}
