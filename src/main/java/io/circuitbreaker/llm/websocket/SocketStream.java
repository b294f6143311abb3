package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import java.util.function.Consumer;

/**
 * One stream on a socket.
 *
 * @param cancel ends the stream and its upstream
 * @param leave  the client reads it no more, at least here; it may come back
 */
record SocketStream(Credit credit, Consumer<Failure> cancel, Runnable leave) {
}
