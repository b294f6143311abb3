package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;

/**
 * An open answer and who gives it.
 *
 * @param attempts how often a provider was asked for it
 */
public record RoutedStream(ChunkStream stream, String provider, String model, int attempts) {
}
