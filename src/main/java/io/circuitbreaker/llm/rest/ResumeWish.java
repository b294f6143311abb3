package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.session.ReplayConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;

/** How long a client wants its stream to go on while it is away. */
final class ResumeWish {

    static final String HEADER = "X-LLM-Resume-Grace";

    private ResumeWish() {
    }

    /**
     * Empty if the request does not say.
     *
     * @throws io.circuitbreaker.llm.chat.LlmException with {@code InvalidRequest} naming the header, the value and the rule
     */
    static Optional<Duration> of(HttpServletRequest request, ReplayConfig config) {
        return Optional.ofNullable(request.getHeader(HEADER)).map(value -> config.graceOf(value, "the header " + HEADER));
    }
}
