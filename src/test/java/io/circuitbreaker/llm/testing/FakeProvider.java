package io.circuitbreaker.llm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import javax.net.ServerSocketFactory;

/**
 * An LLM provider on a real socket of the loopback interface, whose every byte and socket event a test decides.
 *
 * <pre>
 *   try (FakeProvider provider = FakeProvider.start()) {
 *       provider.enqueue(FakeReply.status(429).header("retry-after", "1"), FakeReply.openAi("Hel", "lo"));
 *       // … a client of provider.baseUrl() …
 *       assertThat(provider.requests()).hasSize(2);
 *   }
 * </pre>
 *
 * Thread-safe. Waiting methods throw {@link AssertionError} when their limit is over.
 */
public final class FakeProvider implements AutoCloseable {

    private static final Logger LOG = System.getLogger(FakeProvider.class.getName());
    private static final int BACKLOG = 4096;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final ServerSocket server;
    private final Thread accepting;
    private final ProviderJournal journal = new ProviderJournal();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Queue<FakeReply> enqueued = new ConcurrentLinkedQueue<>();
    private volatile Function<ReceivedRequest, FakeReply> otherwise = FakeProvider::nothingScripted;

    private FakeProvider(ServerSocket server) {
        this.server = server;
        this.accepting = Thread.ofVirtual().name("fake-provider-accepts-" + port()).unstarted(this::accept);
    }

    /** A provider on a free port. */
    public static FakeProvider start() {
        return startOn(0);
    }

    /** A provider on the port of one that was closed: it is back again. */
    public static FakeProvider startOn(int port) {
        return startOn(port, ServerSocketFactory.getDefault());
    }

    /** A provider whose sockets this makes, such as those of TLS. */
    public static FakeProvider startOn(int port, ServerSocketFactory sockets) {
        try {
            FakeProvider provider = new FakeProvider(
                    sockets.createServerSocket(port, BACKLOG, InetAddress.ofLiteral("127.0.0.1")));
            provider.accepting.start();
            return provider;
        } catch (IOException e) {
            throw new UncheckedIOException("the fake provider cannot listen on port " + port, e);
        }
    }

    /** {@code http://127.0.0.1:PORT}, without a slash at the end. */
    public String baseUrl() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The reply to every request for which none is enqueued. */
    public FakeProvider reply(FakeReply reply) {
        return replyWith(_ -> reply);
    }

    /** Chooses the reply to every request for which none is enqueued; called on many threads at once. */
    public FakeProvider replyWith(Function<ReceivedRequest, FakeReply> choice) {
        otherwise = choice;
        return this;
    }

    /** Replies to the next requests, in order; each is used once. */
    public FakeProvider enqueue(FakeReply... replies) {
        enqueued.addAll(List.of(replies));
        return this;
    }

    /** Every request that was read to its end, in order of arrival. */
    public List<ReceivedRequest> requests() {
        return journal.requests();
    }

    /** Waits for {@code count} requests in all, counted from the start. */
    public List<ReceivedRequest> awaitRequests(int count, Duration limit) {
        return journal.awaitRequests(count, limit);
    }

    /** All connections that were ever accepted: less than the requests if some were reused. */
    public int acceptedConnections() {
        return journal.accepted();
    }

    /** Connections that neither side has closed, idle ones included. */
    public int openConnections() {
        return journal.open();
    }

    public void awaitOpenConnections(int count, Duration limit) {
        journal.awaitOpen(count, limit);
    }

    /** Requests whose reply is not over, unary and unanswered ones included. */
    public int activeStreams() {
        return journal.active();
    }

    public void awaitActiveStreams(int count, Duration limit) {
        journal.awaitActive(count, limit);
    }

    /** Replies whose client went away before the script had ended them. */
    public int abortedStreams() {
        return journal.aborted();
    }

    /**
     * Waits until a client leaves, by FIN or RST, while its reply is in progress; the next call waits for the next such
     * client. That an idle connection was closed is not reported: see {@link #awaitOpenConnections}.
     */
    public Disconnect awaitDisconnect(Duration limit) {
        return journal.awaitDisconnect(limit);
    }

    /** Closes the connections on which no reply is in progress: a provider that tidies up, or is restarted. */
    public void closeIdleConnections() {
        connections.stream().filter(HttpConnection::isIdle).forEach(HttpConnection::close);
    }

    /** The same with RST: a provider that was killed, or a machine between that has forgotten them. */
    public void resetIdleConnections() {
        connections.stream().filter(HttpConnection::isIdle).forEach(HttpConnection::reset);
    }

    /** Stops listening and closes all connections; what was observed can still be read. */
    @Override
    public void close() {
        stopListening();
        connections.forEach(HttpConnection::close);
        journal.awaitOpen(0, CLOSE_LIMIT);
    }

    /** The port is free only when the accepting thread has left it; until then clients could still connect. */
    private void stopListening() {
        try {
            server.close();
            if (!accepting.join(CLOSE_LIMIT)) {
                throw new AssertionError("the fake provider still listens after " + CLOSE_LIMIT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the fake provider cannot stop listening", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                serve(server.accept());
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.log(Level.WARNING, "the fake provider could not accept a connection", e);
                }
            }
        }
    }

    private void serve(Socket socket) throws IOException {
        // Without it a small chunk would wait for the client's delayed acknowledgement.
        socket.setTcpNoDelay(true);
        HttpConnection connection = new HttpConnection(socket, journal.connectionOpened(), journal, this::next);
        connections.add(connection);
        connection.start(() -> connections.remove(connection));
    }

    private FakeReply next(ReceivedRequest request) {
        FakeReply next = enqueued.poll();
        return next != null ? next : otherwise.apply(request);
    }

    private static FakeReply nothingScripted(ReceivedRequest request) {
        return FakeReply.status(501).body("text/plain",
                "the test has no reply for " + request.method() + " " + request.target());
    }
}
