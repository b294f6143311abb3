package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.LlmProvider;

/** Where a request goes: a provider, and the model in that provider's own name. */
record Target(LlmProvider provider, String model) {
}
