package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.LlmRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One request to one provider. It outlives every retry, the router's too: each attempt counts itself. */
public final class ProviderCall {

    /** How often one provider sees one request at most, whoever repeats it: attempts of two layers must not multiply. */
    public static final int MAX_ATTEMPTS = 3;

    private final LlmRequest request;
    private final String model;
    private final Cancellation cancellation;
    private final AtomicInteger attempts;
    private final AtomicLong nanosQueued;
    // Written by one thread at a time, and read by it.
    private volatile boolean waitsIfFull;
    private volatile boolean othersWait;

    /** @param model in the provider's own name */
    public ProviderCall(LlmRequest request, String model, Cancellation cancellation) {
        this(request, model, cancellation, new AtomicInteger(), new AtomicLong());
    }

    private ProviderCall(LlmRequest request, String model, Cancellation cancellation, AtomicInteger attempts,
                         AtomicLong nanosQueued) {
        this.request = request;
        this.model = model;
        this.cancellation = cancellation;
        this.attempts = attempts;
        this.nanosQueued = nanosQueued;
    }

    /** The same call with another request in it. Both count their attempts and their time in queues together. */
    public ProviderCall asking(LlmRequest other) {
        ProviderCall call = new ProviderCall(other, model, cancellation, attempts, nanosQueued);
        call.othersWait = othersWait;
        call.waitsIfFull = waitsIfFull;
        return call;
    }

    /** Counts so many attempts, made by an earlier call on behalf of the same client's request. */
    public void countFrom(int earlier) {
        attempts.accumulateAndGet(earlier, Math::max);
    }

    public LlmRequest request() {
        return request;
    }

    public String model() {
        return model;
    }

    public Cancellation cancellation() {
        return cancellation;
    }

    /** How often the provider was asked. */
    public int attempts() {
        return attempts.get();
    }

    public boolean mayBeRepeated() {
        return attempts() < MAX_ATTEMPTS;
    }

    /**
     * From now on it waits for a place if the provider has its limit of streams, for as long as configuration says.
     * Until this is said it is refused at once, which is right while there is somebody else to ask.
     */
    public void waitIfFull() {
        waitsIfFull = true;
    }

    public boolean waitsIfFull() {
        return waitsIfFull;
    }

    /** How long it waited for a place so far: our own time, not the provider's. */
    public long nanosQueued() {
        return nanosQueued.get();
    }

    void queued(long nanos) {
        nanosQueued.addAndGet(nanos);
    }

    /** Whether somebody else could be asked in place of a repetition. Said before each attempt of the router. */
    public void othersWait(boolean others) {
        othersWait = others;
    }

    boolean othersWait() {
        return othersWait;
    }

    void nextAttempt() {
        attempts.incrementAndGet();
    }

    /** The attempt was called off before anything of the request was sent: it was none. */
    void withdrawAttempt() {
        attempts.decrementAndGet();
    }
}
