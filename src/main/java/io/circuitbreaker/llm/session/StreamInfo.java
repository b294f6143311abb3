package io.circuitbreaker.llm.session;

import java.time.Instant;
import java.util.Optional;

/**
 * What does not change about a stream.
 *
 * @param model   as the client named it
 * @param session the session that it belongs to, if it does
 */
public record StreamInfo(String id, StreamOwner owner, String model, Instant createdAt, Optional<String> session) {
}
