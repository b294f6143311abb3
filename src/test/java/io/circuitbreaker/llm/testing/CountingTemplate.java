package io.circuitbreaker.llm.testing;

import io.circuitbreaker.llm.dialect.TextTemplate;

/** Counts how often it was taught. */
public final class CountingTemplate extends TextTemplate {

    private int learned;

    @Override
    public void learn(String json, int from, int to) {
        learned++;
        super.learn(json, from, to);
    }

    public int learned() {
        return learned;
    }
}
