package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;

/** A provider that knows how its models take the beginning of their own answer. Thread-safe. */
public interface Prefilling {

    /** @param model in the provider's own name */
    Prefill prefill(LlmRequest request, String model);
}
