package io.circuitbreaker.llm.rest;

/** The two forms of an answer, and what a client of each ignores: that is what a heartbeat is made of. */
enum AnswerForm {

    // No blank line after it: the grammar wants none after a comment.
    EVENTS("text/event-stream;charset=utf-8", ": ping\n"),
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
