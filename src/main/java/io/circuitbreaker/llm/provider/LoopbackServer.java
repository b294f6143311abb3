package io.circuitbreaker.llm.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A socket of our own on the loopback address that gives some answers in turn, one event at a time, and now and then
 * closes a connection after one, as providers do: saying so or not.
 */
final class LoopbackServer implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LoopbackServer.class.getName());
    /** A connection gives so many answers. */
    private static final int ANSWERS = 4;
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            + "Transfer-Encoding: chunked\r\n";
    /** Some providers say little before an answer, and some say much. */
    private static final List<String> MORE = List.of("", "Cache-Control: no-cache\r\n",
            "Date: Sun, 29 Nov 2026 08:00:00 GMT\r\nServer: loopback\r\nConnection: keep-alive\r\nVary: Origin\r\n"
                    + "X-Request-Id: req_0123456789abcdef0123456789abcdef\r\nX-RateLimit-Limit-Requests: 10000\r\n"
                    + "X-RateLimit-Remaining-Requests: 9999\r\nX-RateLimit-Reset-Requests: 6ms\r\n"
                    + "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n");
    private static final byte[] END = "0\r\n\r\n".getBytes(US_ASCII);
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final ServerSocket server;
    private final List<byte[][]> answers;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<Socket> accepted = ConcurrentHashMap.newKeySet();

    /** @param answers each a sequence of events */
    LoopbackServer(List<String> answers) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.answers = answers.stream().map(LoopbackServer::chunks).toList();
        Thread.ofPlatform().daemon().name("llm-loopback").start(this::accept);
    }

    private static byte[][] chunks(String answer) {
        return Arrays.stream(answer.split("(?<=\n\n|\r\n\r\n)")).map(LoopbackServer::chunk).toArray(byte[][]::new);
    }

    private static byte[] chunk(String event) {
        return (Integer.toHexString(event.getBytes(UTF_8).length) + "\r\n" + event + "\r\n").getBytes(UTF_8);
    }

    String url() {
        return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().name("llm-loopback").start(() -> serve(socket));
            } catch (IOException e) {
                LOG.log(Level.FINE, "no further connection to the loopback server", e);
            }
        }
    }

    private void serve(Socket client) {
        accepted.add(client);
        try (Socket socket = client) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int left = ANSWERS - 1; left >= 0 && readRequest(in); left--) {
                answer(socket.getOutputStream(), left == 0);
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "a connection to the loopback server ended", e);
        } finally {
            accepted.remove(client);
        }
    }

    private void answer(OutputStream out, boolean last) throws IOException {
        int turn = next.getAndIncrement();
        boolean saysSo = last && turn % 2 == 0;
        String head = HEAD + inTurn(MORE, turn) + (saysSo ? "Connection: close\r\n\r\n" : "\r\n");
        out.write(head.getBytes(US_ASCII));
        for (byte[] chunk : inTurn(answers, turn)) {
            out.write(chunk);
            // Tokens come alone in life; the reader is to find each by itself as often as not.
            Thread.yield();
        }
        out.write(END);
    }

    private static <T> T inTurn(List<T> all, int turn) {
        return all.get(Math.floorMod(turn, all.size()));
    }

    /** To the end of its body. Returns whether there was one. */
    private static boolean readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        in.skipNBytes(length.find() ? Long.parseLong(length.group(1)) : 0);
        return true;
    }

    /** The connections, too: the client would keep them, each with a thread here, for the next request. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "closing the loopback server", e);
        }
    }
}
