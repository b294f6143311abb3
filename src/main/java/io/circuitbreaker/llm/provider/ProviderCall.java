package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.LlmRequest;
import java.util.concurrent.atomic.AtomicInteger;

/** One request to one provider. It outlives every retry, the router's too: each attempt counts itself. */
public final class ProviderCall {

    /** How often one provider sees one request at most, whoever repeats it: attempts of two layers must not multiply. */
    public static final int MAX_ATTEMPTS = 3;

    private final LlmRequest request;
    private final String model;
    private final Cancellation cancellation;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean othersWait;

    /** @param model in the provider's own name */
    public ProviderCall(LlmRequest request, String model, Cancellation cancellation) {
        this.request = request;
        this.model = model;
        this.cancellation = cancellation;
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

    /** Whether somebody else could be asked in place of a repetition. Said before each attempt of the router. */
    public void othersWait(boolean others) {
        othersWait = others;
    }

    boolean othersWait() {
        return othersWait;
    }

    /** Counts an attempt; 1 for the first. */
    int nextAttempt() {
        return attempts.incrementAndGet();
    }
}
