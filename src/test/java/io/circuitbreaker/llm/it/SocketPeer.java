package io.circuitbreaker.llm.it;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A WebSocket client that keeps what it was told. */
final class SocketPeer implements WebSocket.Listener, AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private volatile boolean deaf;
    private WebSocket socket;

    static SocketPeer connect(String path, String... headers) {
        return connect(new SocketPeer(), path, headers);
    }

    /** One that reads nothing until it is to {@link #hear()}. */
    static SocketPeer connectDeaf(String path) {
        SocketPeer peer = new SocketPeer();
        peer.deaf = true;
        return connect(peer, path);
    }

    private static SocketPeer connect(SocketPeer peer, String path, String... headers) {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.header(headers[i], headers[i + 1]);
        }
        peer.socket = builder.buildAsync(URI.create("ws://localhost:" + Router.PORT + path), peer).join();
        return peer;
    }

    void say(String json) {
        socket.sendText(json, true).join();
    }

    void chat(String id, String request, String more) {
        say("{\"type\":\"chat\",\"id\":\"" + id + "\",\"request\":" + request + more + "}");
    }

    @Override
    public void onOpen(WebSocket socket) {
        if (!deaf) {
            socket.request(1);
        }
    }

    void hear() {
        deaf = false;
        socket.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            received.add(JsonText.parseObject(partial.toString()));
            partial.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        closed.complete(status + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.completeExceptionally(error);
    }

    /** The status and reason with which the server closed. */
    String awaitClose() {
        return closed.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    JsonObject next() {
        try {
            JsonObject next = received.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing was said for " + LIMIT);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** All up to and with the first that is as wanted. */
    List<JsonObject> to(Predicate<JsonObject> wanted) {
        List<JsonObject> all = new ArrayList<>();
        do {
            all.add(next());
        } while (!wanted.test(all.getLast()));
        return all;
    }

    static Predicate<JsonObject> type(String type) {
        return message -> message.getString("type").equals(type);
    }

    boolean hasNothingMore() {
        return received.isEmpty();
    }

    void closeInOrder() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
    }

    @Override
    public void close() {
        socket.abort();
    }
}
