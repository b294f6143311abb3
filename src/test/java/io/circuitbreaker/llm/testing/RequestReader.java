package io.circuitbreaker.llm.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the requests of one connection, one after the other (RFC 9112). Its bounds keep a broken client harmless. */
final class RequestReader {

    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int MAX_BODY_BYTES = 64 * 1024 * 1024;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final OutputStream out;
    private final int connection;
    private int headBytesLeft;

    RequestReader(InputStream in, OutputStream out, int connection) {
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.connection = connection;
    }

    /**
     * Blocks until a whole request is there.
     *
     * @return empty if the client closed the connection where a request could have begun
     * @throws ProtocolException if what was read is not HTTP/1.1, or exceeds the bounds
     * @throws IOException       if the connection ended inside a request, or was reset
     */
    Optional<ReceivedRequest> next() throws IOException {
        headBytesLeft = MAX_HEAD_BYTES;
        Optional<String> start = lineOrEnd();
        if (start.isEmpty()) {
            return Optional.empty();
        }
        String[] words = start.get().split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new ProtocolException("not a request line: " + start.get());
        }
        Map<String, List<String>> headers = headers();
        String body = new String(body(headers), StandardCharsets.UTF_8);
        return Optional.of(new ReceivedRequest(words[0], words[1], headers, body, connection, System.nanoTime()));
    }

    private Map<String, List<String>> headers() throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("not a header field: " + line);
            }
            headers.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        return headers;
    }

    private byte[] body(Map<String, List<String>> headers) throws IOException {
        if (first(headers, "expect").equalsIgnoreCase("100-continue")) {
            out.write(CONTINUE);
        }
        if (first(headers, "transfer-encoding").equalsIgnoreCase("chunked")) {
            return chunkedBody();
        }
        String length = first(headers, "content-length");
        return length.isEmpty() ? new byte[0] : exactly(size(length, 10));
    }

    private byte[] chunkedBody() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            headBytesLeft = MAX_HEAD_BYTES;
            int size = size(line().split(";", 2)[0].strip(), 16);
            if (size == 0) {
                skipTrailers();
                return body.toByteArray();
            }
            if (body.size() + size > MAX_BODY_BYTES) {
                throw new ProtocolException("body exceeds " + MAX_BODY_BYTES + " bytes");
            }
            body.writeBytes(exactly(size));
            line();
        }
    }

    private void skipTrailers() throws IOException {
        String trailer = line();
        while (!trailer.isEmpty()) {
            trailer = line();
        }
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("body of " + size + " bytes ended after " + bytes.length);
        }
        return bytes;
    }

    private String line() throws IOException {
        return lineOrEnd().orElseThrow(() -> new EOFException("connection ended inside a request"));
    }

    /** A line without its end; empty if the connection ends here. */
    private Optional<String> lineOrEnd() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 && line.size() == 0) {
                return Optional.empty();
            }
            if (b < 0) {
                throw new EOFException("connection ended inside a line");
            }
            if (--headBytesLeft < 0) {
                throw new ProtocolException("head exceeds " + MAX_HEAD_BYTES + " bytes");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    private static int size(String digits, int radix) throws ProtocolException {
        try {
            int size = Integer.parseUnsignedInt(digits, radix);
            if (size < 0 || size > MAX_BODY_BYTES) {
                throw new ProtocolException("body exceeds " + MAX_BODY_BYTES + " bytes: " + digits);
            }
            return size;
        } catch (NumberFormatException e) {
            throw new ProtocolException("not a size: " + digits);
        }
    }

    private static String first(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of("")).getFirst();
    }
}
