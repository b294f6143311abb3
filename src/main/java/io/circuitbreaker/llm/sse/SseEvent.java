package io.circuitbreaker.llm.sse;

/**
 * A dispatched event.
 *
 * @param type        {@code message} where the stream names none
 * @param data        the data lines, joined by LF; may be empty
 * @param lastEventId the last id that the stream has set, on this event or before; empty if none
 */
public record SseEvent(String type, String data, String lastEventId) {

    public static final String DEFAULT_TYPE = "message";
}
