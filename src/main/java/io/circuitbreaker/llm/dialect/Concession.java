package io.circuitbreaker.llm.dialect;

/** What a provider is asked without, after it refused a request for nothing else. */
public enum Concession {

    /** The answer comes in one piece. */
    STREAM,

    /** Those for presence and for frequency. */
    PENALTIES
}
