package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import java.util.Optional;
import java.util.function.Function;

/**
 * An open answer and who gives it.
 *
 * @param provider       of an answer by several all of them, in the order of their choices; the models likewise
 * @param attempts       how often a provider was asked for it, all providers together
 * @param fallbackReason why it is not the first one, or not at its first try; without secrets and providers' words
 */
public record RoutedStream(ChunkStream stream, String provider, String model, int attempts,
                           Optional<String> fallbackReason) {

    private static final String SEVERAL = "several";

    /** The same, read through another. */
    RoutedStream through(Function<RoutedStream, ChunkStream> reading) {
        return new RoutedStream(reading.apply(this), provider, model, attempts, fallbackReason);
    }

    /** For figures, which would otherwise have a series for each set and order of providers. */
    public String countedAs() {
        return provider.contains(",") ? SEVERAL : provider;
    }
}
