package io.circuitbreaker.llm.session;

import java.util.Locale;
import java.util.Optional;

/** How the client of a session takes its streams. */
public enum StreamProtocol {
    SSE,
    WEBSOCKET;

    /** The word that clients use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<StreamProtocol> of(String word) {
        for (StreamProtocol protocol : values()) {
            if (protocol.word().equals(word)) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }
}
