/**
 * The way of one request from admission to its one end, whatever its client speaks: open an answer, pull its chunks, hand
 * them to an outlet, settle. Also the followers of streams that outlive their connections.
 *
 * <p>A virtual thread opens a generation's answer, and ends it. Between, a stream that waits for nothing but its next token
 * has no thread: what comes is taken to its client by a few that all streams share, see {@link
 * io.circuitbreaker.llm.relay.StreamWorkers}. Others only cancel it. The edges, {@code rest} and {@code
 * websocket}, stand above and bring the {@link io.circuitbreaker.llm.relay.Delivery} to their clients.
 */
package io.circuitbreaker.llm.relay;
