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

    /** The name that configuration uses, e.g. {@code openai}: lower-case letters, digits and hyphens. */
    String name();

    /** Where the vendor serves it, in the form that the vendor's own SDKs take: https, without a slash at the end. */
    String defaultBaseUrl();

    /**
     * Writes the request for a stream. It names the {@linkplain Upstream#model model} as the provider does; it has all of
     * the {@linkplain LlmRequest#conversation() conversation}, in which an answer that broke off is gone on with; and the
     * key is in {@linkplain Upstream#keyHeader one header} and nowhere else. It names what of the client's parameters it
     * leaves out.
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

    /**
     * A complete answer of these tokens as the vendor streams it, with usage: what a reader can be tried with, without a
     * provider. The server warms up with it.
     */
    String example(List<String> tokens);

    /**
     * What a provider that failed so would have to be asked without, if that still is what the client wants. It is asked
     * again then; what the client loses by it the request names.
     */
    default Optional<Concession> concession(LlmRequest request, Failure failure) {
        return Optional.empty();
    }

    /**
     * What an HTTP status other than 2xx means. Never throws, whatever the body is. The failure's message is short, names
     * the provider, and of a refused key has none of the provider's words: they may quote it.
     */
    Failure failure(ErrorResponse response);
}
