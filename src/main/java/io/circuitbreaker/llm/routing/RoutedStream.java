package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import java.util.Optional;

/**
 * An open answer and who gives it.
 *
 * @param attempts       how often a provider was asked for it, all providers together
 * @param fallbackReason why it is not the first one, or not at its first try; without secrets and providers' words
 */
public record RoutedStream(ChunkStream stream, String provider, String model, int attempts,
                           Optional<String> fallbackReason) {
}
