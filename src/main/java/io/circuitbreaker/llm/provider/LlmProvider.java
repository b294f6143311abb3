package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import java.util.List;

/** A configured upstream that answers requests. Thread-safe. */
public interface LlmProvider {

    String name();

    /** The models that it is configured to serve, in its own names. Empty if it takes any. */
    List<String> models();

    /**
     * Opens an answer and waits for its first real token, so that whatever goes wrong until then is an exception and not
     * half a stream. Blocks; call it on a virtual thread and read the stream on the same, or on one that adopts it.
     *
     * @return the stream; the caller closes it
     * @throws io.circuitbreaker.llm.chat.LlmException if there is no first token
     */
    ChunkStream open(ProviderCall call);

    /** To be told when {@link #open} was refused by the circuit breaker before it. */
    default void breakerRefused() {
        // Not every provider has one.
    }
}
