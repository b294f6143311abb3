package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.util.Optional;

/**
 * How one model of a provider is doing.
 *
 * @param model in the provider's own name; may be a client's word
 * @param pause until when it is passed over by requests that have another candidate
 */
public record ModelStatus(String model, Standing standing, Optional<Pause> pause) {

    /** @param why in a few words, none of them the provider's */
    public record Pause(Duration left, String why) {
    }
}
