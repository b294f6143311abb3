package io.circuitbreaker.llm.session;

import java.util.Locale;

/** How far a stream has come. Only {@link #RUNNING} is followed by another state. */
public enum StreamState {
    RUNNING,
    /** The provider said that the answer was complete. */
    COMPLETE,
    /** It ended with an error event. */
    FAILED,
    /** A client, an operator or the server ended it; an error event says so. */
    CANCELLED;

    public boolean isEnd() {
        return this != RUNNING;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
