package io.circuitbreaker.llm.dialect;

import io.circuitbreaker.llm.chat.ContentPart;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import java.util.List;
import java.util.Optional;

/** A wire language, on the side of the provider. Implementations are stateless, thread-safe CDI beans. */
public interface Dialect {

    /** The name that configuration uses, e.g. {@code openai}. */
    String name();

    /** Where the vendor serves it, in the form that the vendor's own SDKs take. */
    String defaultBaseUrl();

    /**
     * Writes the request for a stream.
     *
     * @throws io.circuitbreaker.llm.chat.LlmException if the request has what this language cannot express and what
     *                                                 cannot be left out without changing its meaning
     */
    UpstreamRequest request(LlmRequest request, Upstream upstream);

    /** Asks by GET, so without a body, for the models: it costs no tokens, and shows that the key is taken. */
    UpstreamRequest modelList(Upstream upstream);

    /** What kind of part it is, where this language has no words for it. A part in a client's own language can be said. */
    default Optional<String> untold(ContentPart part) {
        return Optional.empty();
    }

    /** How the model takes the beginning of its own answer, in a request such as this one. */
    default Prefill prefill(LlmRequest request, Upstream upstream) {
        return Prefill.NONE;
    }

    /**
     * A reader for one answer.
     *
     * @param fallback used where the provider does not say its id, time or model
     * @param choices  how many answers side by side were asked for
     */
    ChunkReader reader(StreamHead fallback, int choices);

    /** A complete answer of these tokens as the vendor streams it: what a reader can be tried with, without a provider. */
    String example(List<String> tokens);

    /**
     * Whether a provider refused a request only because it was for a stream. Where the client wants none, it is asked again
     * {@linkplain Upstream#withoutStreams without}.
     */
    default boolean refusesStreams(Failure failure) {
        return false;
    }

    /** What an HTTP status other than 2xx means. Never throws, whatever the body is. */
    Failure failure(ErrorResponse response);
}
