package io.circuitbreaker.llm.it;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** What is inside the chunks of an HTTP/1.1 body. Its end is the last chunk; an earlier one is an error. */
final class ChunkedBody extends InputStream {

    private final InputStream in;
    private long left;
    private boolean ended;

    ChunkedBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int most) throws IOException {
        if (left == 0 && !ended) {
            left = Long.parseLong(line(), 16);
            ended = left == 0;
            if (ended) {
                line();
            }
        }
        if (ended) {
            return -1;
        }
        int read = in.read(into, at, (int) Math.min(most, left));
        if (read < 0) {
            throw new EOFException("the connection ended within a chunk");
        }
        left -= read;
        if (left == 0) {
            line();
        }
        return read;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended between chunks");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
