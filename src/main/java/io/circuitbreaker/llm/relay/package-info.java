/**
 * The way of one request from admission to its one end, whatever its client speaks: open an answer, pull its chunks, hand
 * them to an outlet, settle. Also the followers of streams that outlive their connections.
 *
 * <p>One virtual thread runs a generation and calls its outlet; others only cancel it. The edges, {@code rest} and {@code
 * websocket}, stand above and bring the {@link io.circuitbreaker.llm.relay.Delivery} to their clients.
 */
package io.circuitbreaker.llm.relay;
