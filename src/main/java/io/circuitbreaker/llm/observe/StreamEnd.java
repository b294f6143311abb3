package io.circuitbreaker.llm.observe;

import io.circuitbreaker.llm.chat.Failure;
import java.time.Duration;
import java.util.Optional;

/**
 * How one answer went; told once for each.
 *
 * @param provider   empty if none was asked
 * @param firstToken from the request to the first real token; empty if there was none
 * @param failure    empty if the answer was complete
 */
public record StreamEnd(String provider, Optional<Duration> firstToken, Duration total, Optional<Failure> failure) {

    /** One word for metrics and logs: {@code complete}, {@code client_gone}, {@code deadline_exceeded}, … */
    public String outcome() {
        return failure.map(Failure::kind).orElse("complete");
    }
}
