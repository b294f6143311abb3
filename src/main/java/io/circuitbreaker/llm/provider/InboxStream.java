package io.circuitbreaker.llm.provider;

import java.io.IOException;
import java.io.InputStream;

/** An inbox for who reads to its end and need not know in what pieces it came. */
final class InboxStream extends InputStream {

    private final Inbox inbox;
    private byte[] piece = {};
    private int at;

    InboxStream(Inbox inbox) {
        this.inbox = inbox;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length > 0 && at == piece.length) {
            byte[] next = inbox.take();
            if (next == null) {
                return -1;
            }
            piece = next;
            at = 0;
        }
        int read = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, offset, read);
        at += read;
        return read;
    }
}
