package io.circuitbreaker.llm.sse;

/** Receives what {@link SseParser} finds, on the thread that feeds it. */
@FunctionalInterface
public interface SseListener {

    void event(SseEvent event);

    /** The stream asks to be reconnected to after so many milliseconds. */
    default void retry(long milliseconds) {
    }

    /**
     * A line that the grammar says to ignore: its field name is unknown. Some providers put an error there, outside of
     * any event.
     */
    default void ignored(String line) {
    }
}
