package io.circuitbreaker.llm.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Where the bytes of one event after another are made, so that none needs memory of its own: an event made as a string,
 * and that as bytes, was a third of all that a token's way through the router allocated.
 *
 * <p>There is one for each thread that writes at the same time as others, not one for each client: those of thousands of
 * clients would be as cold as new memory is.
 */
final class EventBuffer {

    /** A longer event gets memory of its own; tokens are shorter. Whoever is held up by a client keeps a buffer so long. */
    static final int LONGEST_IN_CHARS = 1024;

    /** How many threads write at the same time without a new one for each event, if none meet at a place. */
    static final int SPARES = 64;

    private static final int ROOM_AROUND_DATA = 64;
    /** By thread, so that each mostly finds its own. A thread local would outlive the application on a server's threads. */
    private static final AtomicReferenceArray<EventBuffer> SPARE = new AtomicReferenceArray<>(SPARES);

    private final StringBuilder text = new StringBuilder(LONGEST_IN_CHARS + ROOM_AROUND_DATA);
    private final CharBuffer chars = CharBuffer.allocate(text.capacity());
    private final CharsetEncoder encoder = UTF_8.newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
    // room for the worst
    private final ByteBuffer bytes = ByteBuffer.allocate((int) encoder.maxBytesPerChar() * text.capacity());

    private EventBuffer() {
    }

    /**
     * Writes an event, from any thread.
     *
     * @param out keeps nothing of the array that it is given
     */
    static void write(OutputStream out, long id, String oneLine) throws IOException {
        if (oneLine.length() > LONGEST_IN_CHARS) {
            out.write(event(new StringBuilder(), id, oneLine).toString().getBytes(UTF_8));
            return;
        }
        int place = (int) Thread.currentThread().threadId() & SPARES - 1;
        EventBuffer spare = SPARE.getAndSet(place, null);
        EventBuffer buffer = spare == null ? new EventBuffer() : spare;
        try {
            buffer.encode(id, oneLine);
            // In one piece: each write goes through all the server's layers and is copied there.
            out.write(buffer.bytes.array(), 0, buffer.bytes.position());
        } finally {
            SPARE.lazySet(place, buffer);
        }
    }

    private void encode(long id, String oneLine) {
        text.setLength(0);
        event(text, id, oneLine);
        chars.clear();
        text.getChars(0, text.length(), chars.array(), 0);
        chars.limit(text.length());
        bytes.clear();
        encoder.reset();
        encoder.encode(chars, bytes, true);
        encoder.flush(bytes);
    }

    private static StringBuilder event(StringBuilder to, long id, String oneLine) {
        return to.append("id: ").append(id).append("\ndata: ").append(oneLine).append("\n\n");
    }
}
