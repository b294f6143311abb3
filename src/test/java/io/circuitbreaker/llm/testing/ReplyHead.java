package io.circuitbreaker.llm.testing;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Status line and header fields. A field's second value replaces its first. */
record ReplyHead(int status, Map<String, String> headers, Framing framing) {

    ReplyHead {
        Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copy.putAll(headers);
        headers = Collections.unmodifiableMap(copy);
    }

    ReplyHead with(String name, String value) {
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, value);
        return new ReplyHead(status, more, framing);
    }

    ReplyHead framed(Framing other) {
        return new ReplyHead(status, headers, other);
    }

    /** The bytes up to and with the empty line; none for {@link Framing.Headless}. */
    byte[] bytes(boolean closing) {
        if (framing instanceof Framing.Headless) {
            return new byte[0];
        }
        // The reason phrase may be empty, the space before it may not (RFC 9112 section 4).
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" \r\n");
        headers.forEach((name, value) -> field(head, name, value));
        switch (framing) {
            case Framing.Chunked() -> field(head, "transfer-encoding", "chunked");
            case Framing.Length(long bytes) -> field(head, "content-length", Long.toString(bytes));
            case Framing.NoBody(), Framing.UntilClose(), Framing.Headless() -> { }
        }
        if (closing || framing instanceof Framing.UntilClose) {
            field(head, "connection", "close");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
