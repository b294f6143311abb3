package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.edge.HeaderText;

/** Which event of a stream its client has seen last. */
final class Cursor {

    private Cursor() {
    }

    /**
     * A reconnecting EventSource sends both, the address that it began with and the header; the header is the newer.
     *
     * @param lastEventId the header {@code Last-Event-ID}; null or empty if absent
     * @param after       the query's; null or empty if absent
     * @return 0 for the beginning
     * @throws LlmException with {@code InvalidRequest} if it is not an event's id
     */
    static long of(String lastEventId, String after) {
        boolean header = lastEventId != null && !lastEventId.isBlank();
        String name = header ? "Last-Event-ID" : "after";
        String value = header ? lastEventId.strip() : after == null ? "" : after.strip();
        if (value.isEmpty()) {
            return 0;
        }
        if (!value.matches("\\d{1,18}")) {
            throw new LlmException(Failure.InvalidRequest.of(name, "'" + name
                    + "' must be the id of an event of this stream, which is a whole number, was '"
                    + HeaderText.clean(value) + "'"));
        }
        return Long.parseLong(value);
    }
}
