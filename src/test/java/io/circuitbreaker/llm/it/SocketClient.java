package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A client of the router that sees the bytes, and leaves as rudely as the test wants. Reads end after 20 seconds. */
final class SocketClient implements AutoCloseable {

    private static final int READ_TIMEOUT_IN_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    private SocketClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    static SocketClient connect() throws IOException {
        return connect(new Socket());
    }

    /** A client that takes little more than this before its peer has to wait. */
    static SocketClient connectWithBuffer(int bytes) throws IOException {
        Socket socket = new Socket();
        // Has effect only before the connection is made.
        socket.setReceiveBufferSize(bytes);
        return connect(socket);
    }

    private static SocketClient connect(Socket socket) throws IOException {
        return connect(socket, Router.PORT);
    }

    /** Of another server on this machine. */
    static SocketClient connectTo(int port) throws IOException {
        return connect(new Socket(), port);
    }

    private static SocketClient connect(Socket socket, int port) throws IOException {
        socket.setSoTimeout(READ_TIMEOUT_IN_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        return new SocketClient(socket);
    }

    /** @param headers further fields, each with its line end; those that are here already are not replaced */
    SocketClient post(String json, String headers) throws IOException {
        byte[] body = json.getBytes(UTF_8);
        String host = headers.toLowerCase(java.util.Locale.ROOT).startsWith("host:") ? "" : "Host: localhost\r\n";
        socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\n" + host + headers
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
        socket.getOutputStream().write(body);
        return this;
    }

    /** @param headers each with its line end */
    SocketClient get(String path, String headers) throws IOException {
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n")
                .getBytes(UTF_8));
        return this;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    SocketClient post(String json) throws IOException {
        return post(json, "");
    }

    /** Reads as far as to the end of {@code text} and returns what it read; of what follows nothing is lost. */
    String readTo(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = next(text, read);
            if (next < 0) {
                throw new IOException("ended without " + text + " after: " + read);
            }
            read.append((char) next);
        }
        return read.toString();
    }

    /** The body without its chunks' frames. It reads no further than it is asked to. */
    InputStream body(String head) throws IOException {
        String fields = head.toLowerCase(java.util.Locale.ROOT);
        if (!fields.startsWith("http/1.1 200 ") || !fields.contains("transfer-encoding: chunked")) {
            throw new IOException("not a chunked 200: " + head);
        }
        return new ChunkedBody(in);
    }

    private int next(String text, StringBuilder read) throws IOException {
        try {
            return in.read();
        } catch (SocketTimeoutException e) {
            throw new IOException("nothing came for " + READ_TIMEOUT_IN_MILLIS + " ms; no " + text + " after: " + read, e);
        }
    }

    /** FIN: a client that has closed its connection in good order. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** RST: a client that was killed, or one that has left data unread. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
