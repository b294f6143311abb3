package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Plays a script at an even pace: each token is due at a time of its own, so a slow reader is not made slower. */
final class DemoStream implements ChunkStream {

    private final StreamHead head;
    private final DemoScript script;
    private final Duration interval;
    private final long startedAt = System.nanoTime();
    private final Cancellation cancellation;
    // the cancelling thread reads it
    private volatile Thread owner = Thread.currentThread();
    private int next;
    private boolean firstIsDue;
    private int tokens;

    DemoStream(StreamHead head, DemoScript script, Duration interval, Cancellation cancellation) {
        this.cancellation = cancellation;
        cancellation.onCancel(reason -> LockSupport.unpark(owner));
        this.head = head;
        this.script = script;
        this.interval = interval;
    }

    void awaitFirstToken() {
        awaitToken();
        firstIsDue = true;
    }

    @Override
    public StreamHead head() {
        return head;
    }

    @Override
    public List<String> droppedParams() {
        return List.of();
    }

    @Override
    public boolean advance() {
        if (next == script.chunks().size()) {
            script.failure().ifPresent(failure -> {
                throw new LlmException(failure);
            });
            return false;
        }
        boolean token = script.chunks().get(next).speaks();
        if (token && !firstIsDue) {
            awaitToken();
        }
        firstIsDue &= !token;
        next++;
        return true;
    }

    private void awaitToken() {
        tokens++;
        long due = startedAt + interval.toNanos() * tokens;
        long left = due - System.nanoTime();
        cancellation.throwIfCancelled();
        while (left > 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new LlmException(new Failure.Cancelled("the demo stream was interrupted"));
            }
            LockSupport.parkNanos(this, left);
            cancellation.throwIfCancelled();
            left = due - System.nanoTime();
        }
    }

    @Override
    public boolean hasNext() {
        return false;
    }

    @Override
    public StreamingChunk chunk() {
        return script.chunks().get(next - 1);
    }

    @Override
    public void adopt() {
        owner = Thread.currentThread();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
