package io.circuitbreaker.llm.routing;

/** How a provider is doing, as far as the router knows; the first of these that is true. */
public enum ProviderState {

    /** Its breaker refused a request within the time that a breaker stays open, and nothing has been answered since. */
    BREAKER_OPEN,
    /** All its models that were asked lately have asked to be left alone for a while. It works, and said when. */
    PAUSED,
    /** It has its limit of streams. */
    FULL,
    /** Half of its requests or more failed lately, or its last probe did. */
    DEGRADED,
    UP;

    /** Whether a request can be expected to be answered now, if only with the time at which it will be. */
    public boolean isUsable() {
        return switch (this) {
            case UP, PAUSED -> true;
            case BREAKER_OPEN, FULL, DEGRADED -> false;
        };
    }
}
