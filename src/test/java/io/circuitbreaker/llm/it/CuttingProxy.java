package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Stands between a browser and the router, and spoils connections when the test wants. Each connection carries one request,
 * so that what is done to a stream is done to nothing else: the router is asked to close it after that.
 */
final class CuttingProxy implements AutoCloseable {

    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final Pattern KEEP_ALIVE = Pattern.compile("(?i)\r\nconnection: keep-alive(?=\r\n)");
    private static final Pattern STREAM = Pattern.compile("(?i)^HTTP/1.1 101 |\r\ncontent-type: *text/event-stream");

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Semaphore silent = new Semaphore(0);
    private final Semaphore pieces = new Semaphore(0);
    private volatile int bytesOfEach = UNLIMITED;

    private CuttingProxy(ServerSocket server) {
        this.server = server;
    }

    static CuttingProxy listenOn(int port) throws IOException {
        CuttingProxy proxy = new CuttingProxy(new ServerSocket(port, 50, InetAddress.ofLiteral("127.0.0.1")));
        Thread.ofVirtual().name("cutting-proxy").start(proxy::accept);
        return proxy;
    }

    /** As if it had just begun to listen. */
    void reset() {
        passAll();
        cut();
        silent.drainPermits();
        requests.clear();
    }

    /** Cuts all connections that there are. */
    void cut() {
        open.forEach(CuttingProxy::close);
    }

    /** Streams that begin from now on carry so many bytes after their head, and nothing more: neither data nor an end. */
    void silenceEachAfter(int bytes) {
        bytesOfEach = bytes;
    }

    /** Streams that begin from now on are left alone. */
    void passAll() {
        bytesOfEach = UNLIMITED;
    }

    /** Waits until one more stream has been silenced. */
    void awaitSilent(Duration limit) {
        await(silent, 1, limit);
    }

    /** Waits until the router has said so many more things on streams, be they heartbeats. */
    void awaitPieces(int more, Duration limit) {
        pieces.drainPermits();
        await(pieces, more, limit);
    }

    private static void await(Semaphore what, int count, Duration limit) {
        try {
            assertThat(what.tryAcquire(count, limit.toNanos(), TimeUnit.NANOSECONDS)).as("it comes").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The request lines so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket browser = server.accept();
                Thread.ofVirtual().start(() -> serve(browser));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket browser) {
        open.add(browser);
        try (browser) {
            browser.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(browser.getInputStream());
            String head = readHead(in);
            if (!head.isEmpty()) {
                requests.add(head.substring(0, head.indexOf('\r')));
                exchange(KEEP_ALIVE.matcher(head).replaceFirst("\r\nConnection: close"), in, browser.getOutputStream());
            }
        } catch (IOException ended) {
            // By either side or by a cut: the other side sees its end, which is what the tests look at.
        } finally {
            open.remove(browser);
        }
    }

    private void exchange(String head, InputStream fromBrowser, OutputStream toBrowser) throws IOException {
        try (Socket router = new Socket(InetAddress.ofLiteral("127.0.0.1"), Router.PORT)) {
            router.setTcpNoDelay(true);
            OutputStream toRouter = router.getOutputStream();
            toRouter.write(head.getBytes(ISO_8859_1));
            Thread upwards = Thread.ofVirtual().start(() -> {
                try (router) {
                    fromBrowser.transferTo(toRouter);
                } catch (IOException ended) {
                    // As above.
                }
            });
            answer(new BufferedInputStream(router.getInputStream()), toBrowser, upwards);
        }
    }

    /** @param upwards ends when the browser has left */
    private void answer(InputStream fromRouter, OutputStream toBrowser, Thread upwards) throws IOException {
        String head = readHead(fromRouter);
        boolean stream = STREAM.matcher(head).find();
        int left = stream ? bytesOfEach : UNLIMITED;
        toBrowser.write(head.getBytes(ISO_8859_1));
        byte[] buffer = new byte[4096];
        int read = 0;
        while (left > 0 && read >= 0) {
            read = fromRouter.read(buffer, 0, Math.min(buffer.length, left));
            if (read > 0) {
                toBrowser.write(buffer, 0, read);
                pieces.release(stream ? 1 : 0);
                left = left == UNLIMITED ? UNLIMITED : left - read;
            }
        }
        if (left == 0) {
            silent.release();
            awaitEnd(upwards);
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To the empty line; empty if the connection ends before. */
    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith(END_OF_HEAD)) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
            text = next == '\n' ? head.toString(ISO_8859_1) : "";
        }
        return text;
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
