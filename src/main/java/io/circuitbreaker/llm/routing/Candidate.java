package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.util.function.Consumer;

/** One that may answer one request, and when it may be asked next. For the request's thread. */
final class Candidate {

    private final Target target;
    private final ProviderCall call;
    private boolean out;
    private boolean full;
    private long due;

    /** @param due the moment from which it may be asked */
    Candidate(Target target, LlmRequest request, Cancellation cancellation, long due) {
        this.target = target;
        this.call = new ProviderCall(request, target.model(), cancellation);
        this.due = due;
    }

    Target target() {
        return target;
    }

    ProviderCall call() {
        return call;
    }

    /** The same answer, which tells the ledger what it has used when it is closed. */
    ChunkStream metered(ChunkStream stream, Consumer<? super Spent> ledger) {
        return new MeteredStream(stream, target, call.request(), ledger);
    }

    /** It is not asked any more. */
    void leaveOut() {
        out = true;
    }

    boolean isOut() {
        return out;
    }

    /**
     * It had no place for one more stream. If it did not wait for one, it is worth to be asked again at once, to wait.
     *
     * @return false if it has waited
     */
    boolean wasFull(long now) {
        full = !call.waitsIfFull();
        due = now;
        return full;
    }

    /** Whether it can be waited for in its queue. */
    boolean isFull() {
        return full && !out;
    }

    void askAt(long moment) {
        due = moment;
    }

    boolean isDue(long now) {
        return !out && due - now <= 0;
    }

    long nanosUntilDue(long now) {
        return Math.max(0, due - now);
    }
}
