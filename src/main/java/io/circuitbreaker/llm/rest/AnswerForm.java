package io.circuitbreaker.llm.rest;

/** The forms of an answer, and what a client of each ignores: that is what a heartbeat is made of. */
enum AnswerForm {

    // No blank line after it: the grammar wants none after a comment.
    EVENTS("text/event-stream;charset=utf-8", ": ping\n"),
    /** For an EventSource, which does not show its page a comment, but does an event to those who ask for its name. */
    EVENTS_AND_HEARTBEATS("text/event-stream;charset=utf-8", "event: heartbeat\ndata: {}\n\n"),
    // White space may stand before a JSON text (RFC 8259 section 2).
    DOCUMENT("application/json", "\n");

    private final String contentType;
    private final String heartbeat;

    AnswerForm(String contentType, String heartbeat) {
        this.contentType = contentType;
        this.heartbeat = heartbeat;
    }

    String contentType() {
        return contentType;
    }

    String heartbeat() {
        return heartbeat;
    }
}
