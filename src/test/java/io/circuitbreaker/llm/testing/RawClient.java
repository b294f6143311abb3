package io.circuitbreaker.llm.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sees the bytes as they are, and leaves as the test wants. Every read is bounded by 5 seconds. */
final class RawClient implements AutoCloseable {

    private static final int READ_TIMEOUT_IN_MILLIS = 5_000;

    private final Socket socket;
    private final BufferedReader in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    static RawClient connect(FakeProvider provider) throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), provider.port());
        socket.setSoTimeout(READ_TIMEOUT_IN_MILLIS);
        return new RawClient(socket);
    }

    /** Connects and sends a GET without a body. */
    static RawClient get(FakeProvider provider) throws IOException {
        RawClient client = connect(provider);
        client.send("GET / HTTP/1.1\r\nHost: fake\r\n\r\n");
        return client;
    }

    void send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads up to and with the line that ends the head. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append(characters(1));
        }
        return head.toString();
    }

    String characters(int count) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < count) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("ended after " + text);
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** All that follows until the provider's FIN. */
    String rest() throws IOException {
        return in.readAllAsString();
    }

    /** FIN. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** RST. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
