package io.circuitbreaker.llm.chat;

/** In which order those that may answer are asked. */
public enum RoutingStrategy {
    /** As they are listed. */
    PRIORITY,
    /** Drawn by lot, each as often as its weight says. */
    WEIGHTED,
    /** The provider with the fewest open streams first. */
    LEAST_BUSY,
    /** Who was the quickest to say the first token lately first. */
    LATENCY,
    /** Who costs the least for the request first, by the prices that are known; whose price is not known comes last. */
    COST
}
