package io.circuitbreaker.llm.dialect;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a provider is asked to count tokens where its language leaves that to the request. */
public enum StreamUsage {
    /** Whatever the client said. */
    ALWAYS,
    /** What the client said, as it said it. */
    AS_ASKED,
    /** For servers that refuse a request with a member that they do not know. */
    NEVER;

    /** As configuration writes them. */
    public static final List<String> WORDS = Arrays.stream(values()).map(StreamUsage::word).toList();

    private String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<StreamUsage> of(String word) {
        return Arrays.stream(values()).filter(value -> value.word().equals(word)).findFirst();
    }
}
