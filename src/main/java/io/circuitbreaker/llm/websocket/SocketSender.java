package io.circuitbreaker.llm.websocket;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends whole messages, one after the other, from any thread; waits while the client takes nothing, but not for ever.
 *
 * <p>The waiting is ours and not the server's: Open Liberty's blocking send never returns when the connection is reset
 * while it waits.
 */
final class SocketSender {

    private final Session socket;
    private final Duration patience;
    private final Runnable onTooSlow;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long sentAt = System.nanoTime();
    private final AtomicBoolean closed = new AtomicBoolean();
    // the message that is on its way
    private volatile CompletableFuture<SendResult> sending = new CompletableFuture<>();

    /**
     * @param patience  how long a client may take nothing
     * @param onTooSlow called if it has, once; nothing is sent any more
     */
    SocketSender(Session socket, Duration patience, Runnable onTooSlow) {
        this.socket = socket;
        this.patience = patience;
        this.onTooSlow = onTooSlow;
    }

    /** @throws LlmException with {@code ClientGone} if the socket is closed, or has taken nothing for too long */
    void send(String message) {
        acquire();
        try {
            CompletableFuture<SendResult> sent = new CompletableFuture<>();
            sending = sent;
            // Whoever closes sets this first and ends the sending then, so that one of the two sees the other.
            if (closed.get() || !socket.isOpen()) {
                throw gone(null);
            }
            socket.getAsyncRemote().sendText(message, sent::complete);
            await(sent);
            sentAt = System.nanoTime();
        } catch (IllegalStateException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** Who holds it may be a heartbeat, which Open Liberty sends without a limit of time. */
    private void acquire() {
        try {
            while (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                if (System.nanoTime() - sentAt >= patience.toNanos()) {
                    giveUp();
                    throw gone(null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gone(e);
        }
    }

    private void giveUp() {
        if (closed.compareAndSet(false, true)) {
            onTooSlow.run();
        }
    }

    private void await(CompletableFuture<SendResult> sent) {
        try {
            SendResult result = sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!result.isOK()) {
                throw gone(result.getException());
            }
        } catch (TimeoutException e) {
            giveUp();
            throw gone(e);
        } catch (ExecutionException e) {
            closed.set(true);
            throw gone(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw gone(e);
        }
    }

    /** @throws LlmException with {@code ClientGone} if the socket is closed */
    void ping() {
        // Who is sending finds out by itself.
        if (!lock.tryLock()) {
            return;
        }
        try {
            socket.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
            sentAt = System.nanoTime();
        } catch (IOException | IllegalStateException e) {
            throw gone(e);
        } finally {
            lock.unlock();
        }
    }

    /** The socket is closed: nothing is sent any more, and whoever waits for that need not. */
    void close() {
        closed.set(true);
        sending.completeExceptionally(new IOException("the socket was closed"));
    }

    /** When something was last sent, on {@link System#nanoTime}'s scale. */
    long sentAt() {
        return sentAt;
    }

    private static LlmException gone(Throwable cause) {
        return new LlmException(new Failure.ClientGone("the client closed its socket, or takes nothing"), cause);
    }
}
