package io.circuitbreaker.llm.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One request being answered, and what a step may do with its connection.
 *
 * <pre>
 *   PLAYING --(the script ends the reply)--> COMPLETE
 *      '-----(the client leaves first)-----> ABORTED
 * </pre>
 *
 * A reply is COMPLETE before its last bytes are written: a client that reads them and hangs up at once has not aborted.
 * Steps run on the connection's answering thread, {@link #abort} on its reading thread.
 */
final class Exchange {

    private enum State {
        PLAYING, COMPLETE, ABORTED
    }

    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final ReceivedRequest request;
    private final Socket socket;
    private final ProviderJournal journal;

    // Both threads.
    private final AtomicReference<State> state = new AtomicReference<>(State.PLAYING);

    // Answering thread only.
    private Framing framing = new Framing.Headless();
    private long sent;

    Exchange(ReceivedRequest request, Socket socket, ProviderJournal journal) {
        this.request = request;
        this.socket = socket;
        this.journal = journal;
    }

    ReceivedRequest request() {
        return request;
    }

    boolean isOver() {
        return state.get() != State.PLAYING;
    }

    /** Whether further steps make sense. */
    boolean writable() {
        return !socket.isClosed() && state.get() != State.ABORTED;
    }

    void head(ReplyHead head) throws IOException {
        framing = head.framing();
        if (framing instanceof Framing.NoBody || framing instanceof Framing.Length(long bytes) && bytes == 0) {
            complete();
        }
        raw(head.bytes(request.asksToClose()));
    }

    /** Sends {@code bytes} as one chunk, or as they are where the body is not chunked. */
    void body(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            // An empty chunk would be the last one.
            return;
        }
        sent += bytes.length;
        switch (framing) {
            case Framing.Chunked() -> raw(chunk(bytes));
            case Framing.Length(long length) -> {
                if (sent >= length) {
                    complete();
                }
                raw(bytes);
            }
            case Framing.NoBody(), Framing.UntilClose(), Framing.Headless() -> raw(bytes);
        }
    }

    /** One write and hence, with TCP_NODELAY and within a segment's size, one packet. */
    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The proper end of the body. Without effect after the first time. */
    void end() throws IOException {
        if (socket.isClosed()) {
            return;
        }
        boolean ended = complete();
        switch (framing) {
            case Framing.Chunked() -> {
                if (ended) {
                    raw(LAST_CHUNK);
                }
            }
            case Framing.Length(long length) -> {
                if (sent != length) {
                    socket.close();
                }
            }
            case Framing.NoBody() -> { }
            case Framing.UntilClose(), Framing.Headless() -> socket.close();
        }
        if (request.asksToClose()) {
            socket.close();
        }
    }

    /** FIN, whatever the client was promised. The request has been read to its end, so that this is not a reset. */
    void cut() throws IOException {
        complete();
        socket.close();
    }

    /** RST; what the client has not read yet is lost to it. */
    void reset() throws IOException {
        complete();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The client is gone, as was seen at {@code seenNanos}. Without effect once the reply is complete. */
    void abort(long seenNanos) {
        if (state.compareAndSet(State.PLAYING, State.ABORTED)) {
            journal.clientLeft(new Disconnect(request, seenNanos));
        }
    }

    /** The provider itself gives the reply up; that is no abort of the client's. */
    void abandon() {
        if (state.compareAndSet(State.PLAYING, State.COMPLETE)) {
            journal.replyOver();
        }
    }

    /** @return true the first time */
    private boolean complete() throws IOException {
        boolean first = state.compareAndSet(State.PLAYING, State.COMPLETE);
        if (first) {
            journal.replyOver();
        } else if (state.get() == State.ABORTED) {
            throw new IOException("the client left before the reply's end");
        }
        return first;
    }

    private static byte[] chunk(byte[] bytes) {
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[size.length + bytes.length + CRLF.length];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, 0, chunk, size.length, bytes.length);
        System.arraycopy(CRLF, 0, chunk, size.length + bytes.length, CRLF.length);
        return chunk;
    }
}
