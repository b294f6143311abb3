package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes the client ready before the first request, by one exchange with a socket of our own on the loopback address: it
 * loads hundreds of classes for that. A virtual thread that loads a class holds on to its carrier; when a burst of first
 * requests did so at once, all carriers waited for a lock whose next owner was a virtual thread without a carrier, and the
 * server stood still for good (seen on two cores).
 */
final class EngineWarmUp {

    private static final Logger LOG = Logger.getLogger(EngineWarmUp.class.getName());
    private static final int LIMIT_IN_MILLIS = 2000;
    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\n:\n\n\r\n0\r\n\r\n").getBytes(US_ASCII);

    private EngineWarmUp() {
    }

    /** Blocks for some milliseconds; call it on a platform thread. What fails here is left to the first request. */
    static void run(UpstreamClient client) {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(LIMIT_IN_MILLIS);
            Thread answering = Thread.ofPlatform().daemon().name("llm-warm-up").start(() -> answer(server));
            String address = "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort() + "/";
            UpstreamExchange exchange = client.sendOnNewConnection(new UpstreamClient.Call("POST", address, Map.of(),
                    Optional.of(new byte[] {'{', '}'}), Duration.ofMillis(LIMIT_IN_MILLIS)));
            exchange.awaitHead();
            exchange.body().readAllBytes();
            answering.join(LIMIT_IN_MILLIS);
        } catch (IOException e) {
            LOG.log(Level.FINE, "the client could not be warmed up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.setSoTimeout(LIMIT_IN_MILLIS);
            readRequest(socket.getInputStream());
            socket.getOutputStream().write(ANSWER);
        } catch (IOException e) {
            LOG.log(Level.FINE, "the warm-up's own socket failed", e);
        }
    }

    /** To the end of its two-byte body: a socket that is closed over unread bytes is reset. */
    private static void readRequest(InputStream in) throws IOException {
        int last = 0;
        for (int next = in.read(); next >= 0 && !(last == '{' && next == '}'); next = in.read()) {
            last = next;
        }
    }
}
