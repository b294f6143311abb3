package io.circuitbreaker.llm.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The script of one reply of a {@link FakeProvider}: a head, then steps in the order in which they were added. A script
 * without an ending step ends as {@link #end()} does.
 *
 * <p>Immutable: each method returns a new reply, and one reply may answer any number of requests at once. Every wait of
 * a script is over as soon as the client leaves or the provider is closed.
 */
public final class FakeReply {

    private static final int MAX_REPLAYED_PIECE = 64;

    private final ReplyHead head;
    private final List<ReplyStep> beforeHead;
    private final List<ReplyStep> steps;

    private FakeReply(ReplyHead head, List<ReplyStep> beforeHead, List<ReplyStep> steps) {
        this.head = head;
        this.beforeHead = beforeHead;
        this.steps = steps;
    }

    /** A reply with this status whose body, if none is set, is chunked and empty; 204 and 304 have none. */
    public static FakeReply status(int status) {
        return new FakeReply(new ReplyHead(status, Map.of(), Framing.usualFor(status)), List.of(), List.of());
    }

    /** Status 200 and an event stream, to which the test adds the steps. */
    public static FakeReply sse() {
        return status(200).header("content-type", "text/event-stream; charset=utf-8");
    }

    /** No head of ours: the steps send all, such as a broken status line. The connection is closed at the end. */
    public static FakeReply headless() {
        return new FakeReply(new ReplyHead(0, Map.of(), new Framing.Headless()), List.of(), List.of());
    }

    /** A whole and well-formed answer of OpenAI's chat completions; usage is 5 tokens and one per piece. */
    public static FakeReply openAi(String... pieces) {
        return sse().send(OpenAiEvents.answer(pieces));
    }

    /** A whole and well-formed answer of Anthropic's messages; usage is 5 tokens and one per piece. */
    public static FakeReply anthropic(String... pieces) {
        return sse().send(AnthropicEvents.answer(pieces));
    }

    /** A whole and well-formed answer of Gemini with {@code alt=sse}; usage is 5 tokens and one per piece. */
    public static FakeReply google(String... pieces) {
        return sse().header("content-type", "text/event-stream").send(GoogleEvents.answer(pieces));
    }

    /** A recorded body of an event stream as one chunk. */
    public static FakeReply replay(byte[] recordedBody) {
        return sse().send(recordedBody);
    }

    /** A recorded body in chunks of 1 to 64 bytes, which cut through lines and characters; the same for equal seeds. */
    public static FakeReply replayInPieces(byte[] recordedBody, long seed) {
        return sse().sendAll(Pieces.random(recordedBody, MAX_REPLAYED_PIECE, seed));
    }

    // ---- head and framing

    /** Replaces a field of the same name. */
    public FakeReply header(String name, String value) {
        return new FakeReply(head.with(name, value), beforeHead, steps);
    }

    /** The whole body, with its {@code Content-Length}. */
    public FakeReply body(String contentType, String text) {
        return body(contentType, utf8(text));
    }

    public FakeReply body(String contentType, byte[] bytes) {
        return header("content-type", contentType).contentLength(bytes.length).send(bytes);
    }

    /** The steps send a body that claims to have this length; end it early with {@link #cut()} or {@link #reset()}. */
    public FakeReply contentLength(long bytes) {
        return new FakeReply(head.framed(new Framing.Length(bytes)), beforeHead, steps);
    }

    /** The body is neither chunked nor measured, and ends with the connection. */
    public FakeReply delimitedByClose() {
        return new FakeReply(head.framed(new Framing.UntilClose()), beforeHead, steps);
    }

    // ---- before the head

    public FakeReply delayHead(Duration delay) {
        return beforeHead(_ -> Thread.sleep(delay));
    }

    /** Holds the head until the test releases it. */
    public FakeReply awaitLatchBeforeHead(CountDownLatch latch) {
        return beforeHead(_ -> latch.await());
    }

    /** Takes the request and stays silent until the client leaves. */
    public FakeReply neverAnswer() {
        return beforeHead(_ -> hold());
    }

    /** With this as the reply to a second request, the first one's kept-alive connection proves stale when used. */
    public FakeReply resetBeforeHead() {
        return beforeHead(Exchange::reset);
    }

    /** As {@link #resetBeforeHead()}, but with FIN. */
    public FakeReply closeBeforeHead() {
        return beforeHead(Exchange::cut);
    }

    // ---- steps

    /** Each text is one chunk. */
    public FakeReply send(String... chunks) {
        return sendAll(Arrays.stream(chunks).map(FakeReply::utf8).toList());
    }

    /** One chunk. */
    public FakeReply send(byte[] chunk) {
        byte[] copy = chunk.clone();
        return then(exchange -> exchange.body(copy));
    }

    /** Chunks of {@code size} bytes, the last one of what is left. */
    public FakeReply sendInPieces(byte[] bytes, int size) {
        return sendAll(Pieces.of(bytes, size));
    }

    /** Bytes past the framing, such as a broken chunk size. */
    public FakeReply rawBytes(byte[] bytes) {
        byte[] copy = bytes.clone();
        return then(exchange -> exchange.raw(copy));
    }

    /** Each text is one chunk; {@code sent} says how many the kernel has taken so far. */
    public FakeReply sendCounted(AtomicInteger sent, Iterable<String> chunks) {
        return then(exchange -> {
            for (String chunk : chunks) {
                exchange.body(utf8(chunk));
                sent.incrementAndGet();
            }
        });
    }

    public FakeReply delay(Duration delay) {
        return then(_ -> Thread.sleep(delay));
    }

    /** Holds the reply until the test counts down. */
    public FakeReply awaitLatch(CountDownLatch latch) {
        return then(_ -> latch.await());
    }

    /** Counts down when the script comes here: what was sent before is with the kernel. */
    public FakeReply signal(CountDownLatch latch) {
        return then(_ -> latch.countDown());
    }

    /** Sends {@code each} again and again, with {@code pause} after it, until the client leaves. */
    public FakeReply trickle(Duration pause, byte[] each) {
        byte[] copy = each.clone();
        return then(exchange -> {
            while (exchange.writable()) {
                exchange.body(copy);
                Thread.sleep(pause);
            }
        });
    }

    /** Silence until the client leaves. */
    public FakeReply stall() {
        return then(_ -> hold());
    }

    // ---- endings

    /** The body's proper end. The connection is kept if the framing allows it. */
    public FakeReply end() {
        return then(Exchange::end);
    }

    /** FIN without the body's proper end. */
    public FakeReply cut() {
        return then(Exchange::cut);
    }

    /** RST. What the client has not yet read is lost, so let it read first where the test depends on that. */
    public FakeReply reset() {
        return then(Exchange::reset);
    }

    /** After the proper end, closes the connection that the client may have put back into its pool. */
    public FakeReply thenCloseIdleConnection() {
        return end().then(Exchange::cut);
    }

    /** Runs the script; on the connection's answering thread. */
    void play(Exchange exchange) throws IOException, InterruptedException {
        run(beforeHead, exchange);
        if (exchange.writable()) {
            exchange.head(head);
        }
        run(steps, exchange);
        exchange.end();
    }

    private static void run(List<ReplyStep> steps, Exchange exchange) throws IOException, InterruptedException {
        for (ReplyStep step : steps) {
            if (!exchange.writable()) {
                return;
            }
            step.play(exchange);
        }
    }

    private FakeReply sendAll(List<byte[]> chunks) {
        return then(exchange -> {
            for (byte[] chunk : chunks) {
                exchange.body(chunk);
            }
        });
    }

    private static void hold() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private FakeReply beforeHead(ReplyStep step) {
        return new FakeReply(head, with(beforeHead, step), steps);
    }

    private FakeReply then(ReplyStep step) {
        return new FakeReply(head, beforeHead, with(steps, step));
    }

    private static List<ReplyStep> with(List<ReplyStep> steps, ReplyStep step) {
        List<ReplyStep> more = new ArrayList<>(steps);
        more.add(step);
        return List.copyOf(more);
    }
}
