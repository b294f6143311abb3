package io.circuitbreaker.llm.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;

/**
 * An incremental parser: bytes in, in pieces of any size, events out. How the bytes are cut never changes the events.
 *
 * <p>It cuts lines on bytes and decodes whole lines, so that a character split between two pieces stays whole: in UTF-8
 * no byte of a longer character looks like a line end. Memory is bounded by the limits on one event and one comment; of
 * a line that came in one piece nothing is copied but its text.
 *
 * <p>Not thread-safe.
 */
public final class SseParser {

    public static final int DEFAULT_LIMIT_IN_BYTES = 16 * 1024 * 1024;

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int FIRST_BUFFER_IN_BYTES = 512;

    // configuration
    private final SseListener listener;
    private final int limitInBytes;

    // the line that is not complete yet
    private byte[] line = new byte[0];
    private int lineLength;
    private boolean afterCarriageReturn;
    private boolean firstLine = true;

    // the event that is not complete yet; one data line, the usual case, is never copied into the builder
    private String firstData;
    private StringBuilder moreData;
    private String type = "";
    private long eventBytes;
    private String pendingId = "";
    private String lastEventId = "";

    public SseParser(SseListener listener) {
        this(listener, DEFAULT_LIMIT_IN_BYTES);
    }

    /** @param limitInBytes how large one event may grow, its field names included; a comment may be as large again */
    public SseParser(SseListener listener, int limitInBytes) {
        if (limitInBytes <= 0) {
            throw new IllegalArgumentException("the limit of an event must be > 0 bytes, was " + limitInBytes);
        }
        this.listener = listener;
        this.limitInBytes = limitInBytes;
    }

    /**
     * Takes the next bytes and hands the events they complete to the listener.
     *
     * @throws SseTooLargeException if an event outgrows the limit; do not use the parser after it
     */
    public void feed(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if (b != '\n' && b != '\r') {
                continue;
            }
            // CRLF is one line end, wherever the bytes were cut: its LF ends nothing.
            boolean secondHalf = b == '\n' && afterCarriageReturn && i == start && lineLength == 0;
            if (!secondHalf) {
                completeLine(bytes, start, i - start);
            }
            afterCarriageReturn = b == '\r';
            start = i + 1;
        }
        keep(bytes, start, end - start);
    }

    /**
     * What stands at the end of the stream without the blank line that would dispatch it. The grammar discards it; a
     * reader that knows better may look at it.
     */
    public Optional<SseEvent> unfinished() {
        if (lineLength > 0) {
            byte[] last = Arrays.copyOf(line, lineLength);
            lineLength = 0;
            line(last, 0, last.length);
        }
        return firstData == null ? Optional.empty() : Optional.of(new SseEvent(typeOrDefault(), data(), pendingId));
    }

    private void keep(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        checkSize(lineLength == 0 ? bytes[offset] : line[0], lineLength + (long) length);
        if (line.length - lineLength < length) {
            int needed = lineLength + length;
            line = Arrays.copyOf(line, Math.max(FIRST_BUFFER_IN_BYTES, Math.max(needed, needed + needed / 2)));
        }
        System.arraycopy(bytes, offset, line, lineLength, length);
        lineLength += length;
    }

    private void completeLine(byte[] bytes, int offset, int length) {
        if (lineLength == 0) {
            line(bytes, offset, length);
            return;
        }
        keep(bytes, offset, length);
        int whole = lineLength;
        lineLength = 0;
        line(line, 0, whole);
        // A rare huge line must not keep its memory for the rest of the stream.
        if (line.length > 64 * 1024) {
            line = new byte[0];
        }
    }

    private void line(byte[] bytes, int offset, int length) {
        if (length > 0) {
            // With its byte order mark, as it counts while it is incomplete: else the limit would depend on the cuts.
            checkSize(bytes[offset], length);
        }
        int from = offset;
        int rest = length;
        if (firstLine) {
            firstLine = false;
            if (length >= BOM.length && Arrays.equals(bytes, offset, offset + BOM.length, BOM, 0, BOM.length)) {
                from += BOM.length;
                rest -= BOM.length;
            }
        }
        if (rest == 0) {
            dispatch();
            return;
        }
        if (bytes[from] == ':') {
            // A comment is not part of an event; a stream may hold any number of them.
            return;
        }
        eventBytes += rest;
        field(bytes, from, rest);
    }

    private void field(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int colon = offset;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, end);
        if (value < end && bytes[value] == ' ') {
            value++;
        }
        int nameLength = colon - offset;
        if (is(bytes, offset, nameLength, "data")) {
            appendData(new String(bytes, value, end - value, UTF_8));
        } else if (is(bytes, offset, nameLength, "event")) {
            type = new String(bytes, value, end - value, UTF_8);
        } else if (is(bytes, offset, nameLength, "id")) {
            setId(new String(bytes, value, end - value, UTF_8));
        } else if (is(bytes, offset, nameLength, "retry")) {
            setRetry(new String(bytes, value, end - value, UTF_8));
        } else {
            listener.ignored(new String(bytes, offset, length, UTF_8));
        }
    }

    private static boolean is(byte[] bytes, int offset, int length, String name) {
        if (length != name.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void appendData(String value) {
        if (firstData == null) {
            firstData = value;
            return;
        }
        if (moreData == null) {
            moreData = new StringBuilder(firstData);
        }
        moreData.append('\n').append(value);
    }

    private void setId(String value) {
        if (value.indexOf('\0') < 0) {
            pendingId = value;
        }
    }

    private void setRetry(String value) {
        boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits && value.length() <= 18) {
            listener.retry(Long.parseLong(value));
        }
    }

    private void dispatch() {
        lastEventId = pendingId;
        eventBytes = 0;
        if (firstData == null) {
            type = "";
            return;
        }
        SseEvent event = new SseEvent(typeOrDefault(), data(), lastEventId);
        firstData = null;
        moreData = null;
        type = "";
        listener.event(event);
    }

    private String data() {
        return moreData == null ? firstData : moreData.toString();
    }

    private String typeOrDefault() {
        return type.isEmpty() ? SseEvent.DEFAULT_TYPE : type;
    }

    private void checkSize(byte firstOfLine, long lineBytes) {
        // A comment is measured by itself: it is no part of the event that it interrupts.
        long read = firstOfLine == ':' ? lineBytes : eventBytes + lineBytes;
        if (read > limitInBytes) {
            throw new SseTooLargeException(limitInBytes, read);
        }
    }
}
