package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.LlmRequest;
import java.util.concurrent.atomic.AtomicInteger;

/** One request to one provider. It outlives a retry: each attempt counts itself. */
public final class ProviderCall {

    private final LlmRequest request;
    private final String model;
    private final Cancellation cancellation;
    private final AtomicInteger attempts = new AtomicInteger();

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

    /** Counts an attempt; 1 for the first. */
    int nextAttempt() {
        return attempts.incrementAndGet();
    }
}
