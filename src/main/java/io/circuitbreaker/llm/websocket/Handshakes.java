package io.circuitbreaker.llm.websocket;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who was admitted by the filter, for the endpoint, which does not see what a filter notes of a request. Both see the
 * client's nonce, {@code Sec-WebSocket-Key} (RFC 6455 section 4.1), which no two connections share. Thread-safe.
 */
@ApplicationScoped
public class Handshakes {

    /** Handshakes that fail after the filter leave theirs behind; the oldest go. */
    private static final int LIMIT = 10_000;

    // guarded by this
    private final Map<String, String> admitted = new LinkedHashMap<>();

    synchronized void admit(String nonce, String client) {
        admitted.put(nonce, client);
        if (admitted.size() > LIMIT) {
            admitted.remove(admitted.keySet().iterator().next());
        }
    }

    /** Empty for who did not come through the filter. */
    synchronized Optional<String> take(String nonce) {
        return Optional.ofNullable(admitted.remove(nonce));
    }
}
