package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/** Sends whole messages, one after the other, from any thread; blocks while the client takes nothing. */
final class SocketSender {

    private final Session socket;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long sentAt = System.nanoTime();

    SocketSender(Session socket) {
        this.socket = socket;
    }

    /** @throws LlmException with {@code ClientGone} if the socket is closed */
    void send(String message) {
        lock.lock();
        try {
            if (!socket.isOpen()) {
                throw gone(null);
            }
            socket.getBasicRemote().sendText(message);
            sentAt = System.nanoTime();
        } catch (IOException | IllegalStateException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** @throws LlmException with {@code ClientGone} if the socket is closed */
    void ping() {
        lock.lock();
        try {
            socket.getBasicRemote().sendPing(ByteBuffer.allocate(0));
            sentAt = System.nanoTime();
        } catch (IOException | IllegalStateException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** When something was last sent, on {@link System#nanoTime}'s scale. */
    long sentAt() {
        return sentAt;
    }

    private static LlmException gone(Exception cause) {
        return new LlmException(new Failure.ClientGone("the client closed its socket"), cause);
    }
}
