package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.provider.LlmProvider;

/** Where a request goes: a provider, and the model in that provider's own name. */
record Target(LlmProvider provider, String model) {

    private static final int SHOWN = 200;

    /** As a client would name it; equal for equal targets. */
    String name() {
        return provider.name() + "/" + model;
    }

    /** For logs and headers: the model may be a client's word, and so anything. */
    String shown() {
        return shown(name());
    }

    static String shown(String anyName) {
        String name = anyName.replaceAll("\\p{Cntrl}", "?");
        return name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
    }
}
