/**
 * The WebSocket edge at {@code /ws}: many streams on one socket, as JSON messages, with the events and ids that server-sent
 * events have, and credit for chunks.
 *
 * <p>A filter decides before the upgrade who may connect. The container's threads only read messages; each stream writes on
 * a virtual thread of its own, one at a time.
 */
package io.circuitbreaker.llm.websocket;
