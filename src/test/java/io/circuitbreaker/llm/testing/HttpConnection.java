package io.circuitbreaker.llm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * One client's connection, on two virtual threads: one reads all the time and so sees at once that the client is gone,
 * the other plays the replies and may hang in a script for as long as the script wants.
 *
 * <p>Requests are answered in order. A client may send the next one early, but its departure then counts for the
 * latest only. A client that shuts down its sending side only is taken for gone.
 */
final class HttpConnection {

    private static final Logger LOG = System.getLogger(HttpConnection.class.getName());
    private static final int MAX_EARLY_REQUESTS = 16;

    private final Socket socket;
    private final int number;
    private final ProviderJournal journal;
    private final Function<ReceivedRequest, FakeReply> replies;
    private final Thread answering;

    // From the reading to the answering thread.
    private final BlockingQueue<Exchange> waiting = new LinkedBlockingQueue<>(MAX_EARLY_REQUESTS);

    // Set by close(), read by the reading thread.
    private volatile boolean closing;

    // Set by the reading thread, read by any.
    private volatile Optional<Exchange> latest = Optional.empty();

    HttpConnection(Socket socket, int number, ProviderJournal journal, Function<ReceivedRequest, FakeReply> replies) {
        this.socket = socket;
        this.number = number;
        this.journal = journal;
        this.replies = replies;
        this.answering = Thread.ofVirtual().name("fake-provider-answers-" + number).unstarted(this::answer);
    }

    /** @param whenClosed run on the reading thread, last of all */
    void start(Runnable whenClosed) {
        answering.start();
        Thread.ofVirtual().name("fake-provider-reads-" + number).start(() -> {
            read();
            journal.connectionClosed();
            whenClosed.run();
        });
    }

    /** Whether no reply is in progress. */
    boolean isIdle() {
        return latest.map(Exchange::isOver).orElse(true);
    }

    /** Ends the connection from the provider's side; a reply in progress does not count as aborted. */
    void close() {
        closing = true;
        closeSocket();
    }

    /** As {@link #close()}, but with RST in place of FIN. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException alreadyClosed) {
            // By its client, which has nothing left to be reset.
        }
        close();
    }

    private void read() {
        try {
            RequestReader requests = new RequestReader(socket.getInputStream(), socket.getOutputStream(), number);
            for (Optional<ReceivedRequest> next = requests.next(); next.isPresent(); next = requests.next()) {
                Exchange exchange = new Exchange(next.get(), socket, journal);
                latest = Optional.of(exchange);
                journal.received(next.get());
                waiting.put(exchange);
            }
        } catch (ProtocolException e) {
            LOG.log(Level.WARNING, "a client of the fake provider does not speak HTTP/1.1", e);
        } catch (IOException e) {
            // RST, or this side has closed the socket: handled as FIN is.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            long seen = System.nanoTime();
            latest.ifPresent(exchange -> settle(exchange, seen));
            // Wakes a script from its delay, latch or stall.
            answering.interrupt();
            closeSocket();
        }
    }

    private void settle(Exchange exchange, long seen) {
        if (closing) {
            exchange.abandon();
        } else {
            exchange.abort(seen);
        }
    }

    private void answer() {
        try {
            while (!socket.isClosed()) {
                Exchange exchange = waiting.take();
                replyTo(exchange.request()).play(exchange);
            }
        } catch (InterruptedException | IOException e) {
            // The client is gone or the provider closes; the reading thread has seen it, or sees the socket closed now.
        } finally {
            closeSocket();
        }
    }

    private FakeReply replyTo(ReceivedRequest request) {
        try {
            return replies.apply(request);
        } catch (RuntimeException | AssertionError e) {
            LOG.log(Level.ERROR, "the test's reply function failed for " + request.target(), e);
            return FakeReply.status(500).body("text/plain", "the test's reply function failed: " + e);
        }
    }

    private void closeSocket() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket of the fake provider cannot be closed", e);
        }
    }
}
