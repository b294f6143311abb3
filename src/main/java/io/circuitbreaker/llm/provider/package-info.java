/**
 * The configured upstreams: opening a stream over HTTP, reading it, its deadlines, its cancel, and the demo provider that
 * needs no upstream.
 *
 * <p>{@link io.circuitbreaker.llm.provider.LlmProvider#open} blocks and belongs on a virtual thread; the thread that opens
 * a stream reads it, and so does each that takes it over. A few threads of the HTTP client read all connections; a stream
 * can leave word with them instead of waiting. One watchdog thread serves the deadlines of all streams.
 */
package io.circuitbreaker.llm.provider;
