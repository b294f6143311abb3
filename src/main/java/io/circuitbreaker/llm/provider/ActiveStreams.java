package io.circuitbreaker.llm.provider;

/** A provider that knows how much it is at. Thread-safe. */
public interface ActiveStreams {

    /** Streams that are open now, those that wait for their first token included. */
    int activeStreams();
}
