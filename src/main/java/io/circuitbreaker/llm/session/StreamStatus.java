package io.circuitbreaker.llm.session;

/**
 * How far a stream has come.
 *
 * @param oldestEvent the number of the oldest event that can still be had
 * @param newestEvent the number of the newest; 0 before the first
 * @param readers     how many read it on this server
 */
public record StreamStatus(StreamState state, long oldestEvent, long newestEvent, int readers) {
}
