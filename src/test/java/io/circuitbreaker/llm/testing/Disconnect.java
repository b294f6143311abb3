package io.circuitbreaker.llm.testing;

import java.time.Duration;

/**
 * The moment at which the {@link FakeProvider} saw that a client had left before the reply was over.
 *
 * @param request  the one whose reply nobody reads any more
 * @param nanoTime {@link System#nanoTime()} when FIN or RST was read from the socket
 */
public record Disconnect(ReceivedRequest request, long nanoTime) {

    /** How long after {@code startNanos}, a {@link System#nanoTime()} of the test's own, it was seen. */
    public Duration since(long startNanos) {
        return Duration.ofNanos(nanoTime - startNanos);
    }
}
