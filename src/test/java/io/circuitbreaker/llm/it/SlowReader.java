package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** A client of a stream that has next to no room for what it does not read, and reads only when the test says so. */
final class SlowReader implements AutoCloseable {

    private static final int ROOM = 4096;
    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final Pattern STREAM_URL = Pattern.compile("(?i)x-stream-url: (\\S+)");

    private final SocketClient client;
    private final String head;
    private final InputStream body;
    private final ByteArrayOutputStream had = new ByteArrayOutputStream();

    private SlowReader(SocketClient client) throws IOException {
        this.client = client;
        this.head = client.readTo("\r\n\r\n");
        this.body = client.body(head);
    }

    /** @param headers each with its line end */
    static SlowReader post(String json, String headers) throws IOException {
        return new SlowReader(SocketClient.connectWithBuffer(ROOM).post(json, headers));
    }

    static SlowReader get(String path) throws IOException {
        return new SlowReader(SocketClient.connectWithBuffer(ROOM).get(path, "Accept: text/event-stream\r\n"));
    }

    /** Where a kept stream is to be had. */
    String streamUrl() {
        return STREAM_URL.matcher(head).results().findFirst().orElseThrow().group(1);
    }

    /** Some bytes at a time, with a pause after each time. */
    SlowReader readSlowly(int bytes) throws IOException {
        for (int left = bytes; left > 0; ) {
            byte[] some = body.readNBytes(Math.min(left, 512));
            had.writeBytes(some);
            left = some.length == 0 ? 0 : left - some.length;
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return this;
    }

    /** Reads to the end, and returns all that came since the beginning. */
    String readAll() throws IOException {
        body.transferTo(had);
        return had.toString(UTF_8);
    }

    @Override
    public void close() throws IOException {
        client.reset();
    }
}
