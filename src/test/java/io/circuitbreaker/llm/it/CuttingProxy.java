package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a browser and the router, and cuts connections when the test wants, in the middle of whatever it carries. */
final class CuttingProxy implements AutoCloseable {

    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int bytesOfEach = UNLIMITED;

    private CuttingProxy(ServerSocket server) {
        this.server = server;
    }

    static CuttingProxy listenOn(int port) throws IOException {
        CuttingProxy proxy = new CuttingProxy(new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1")));
        Thread.ofVirtual().name("cutting-proxy").start(proxy::accept);
        return proxy;
    }

    /** Cuts all connections that there are. */
    void cut() {
        open.forEach(CuttingProxy::close);
    }

    /**
     * Connections on which a stream begins from now on carry so many bytes of it to the browser, and are then cut. Others are
     * not: a request that begins a stream is not made again when its answer is lost.
     */
    void cutEachAfter(int bytes) {
        bytesOfEach = bytes;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket browser) throws IOException {
        Socket router = new Socket(InetAddress.ofLiteral("127.0.0.1"), Router.PORT);
        browser.setTcpNoDelay(true);
        router.setTcpNoDelay(true);
        open.add(browser);
        open.add(router);
        Thread.ofVirtual().start(() -> copy(browser, router, false));
        Thread.ofVirtual().start(() -> copy(router, browser, true));
    }

    private void copy(Socket from, Socket to, boolean mayBeCut) {
        byte[] buffer = new byte[4096];
        int left = UNLIMITED;
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int read = 0;
            while (left > 0 && read >= 0) {
                read = in.read(buffer, 0, Math.min(buffer.length, left));
                if (read > 0) {
                    out.write(buffer, 0, read);
                    boolean begins = mayBeCut && left == UNLIMITED && bytesOfEach != UNLIMITED && isStream(buffer, read);
                    left = begins ? Math.max(0, bytesOfEach - read) : left == UNLIMITED ? UNLIMITED : left - read;
                }
            }
        } catch (IOException ended) {
            // By either side or by a cut: the other side sees its end, which is what the tests look at.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    /** Whether the head of a stream, or of a socket, is in it. */
    private static boolean isStream(byte[] bytes, int length) {
        String text = new String(bytes, 0, length, ISO_8859_1);
        return text.contains("text/event-stream") || text.startsWith("HTTP/1.1 101 ");
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
