package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.session.ReplayConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** How long a client wants its stream to go on while it is away. */
final class ResumeWish {

    static final String HEADER = "X-LLM-Resume-Grace";

    private ResumeWish() {
    }

    /**
     * Empty if the request does not say.
     *
     * @throws LlmException with {@code InvalidRequest} naming the header, the value and the rule
     */
    static Optional<Duration> of(HttpServletRequest request, ReplayConfig config) {
        return Optional.ofNullable(request.getHeader(HEADER)).map(String::strip).map(value -> grace(value, config));
    }

    private static Duration grace(String value, ReplayConfig config) {
        try {
            Duration grace = Duration.parse(value);
            if (!grace.isNegative() && grace.compareTo(config.maxGrace()) <= 0) {
                return grace;
            }
        } catch (DateTimeParseException e) {
            throw invalid(value, config, e);
        }
        throw invalid(value, config, null);
    }

    private static LlmException invalid(String value, ReplayConfig config, Exception cause) {
        return new LlmException(Failure.InvalidRequest.of("", "the header " + HEADER
                + " must be an ISO-8601 duration from PT0S to " + config.maxGrace() + " such as PT30S, was '"
                + HeaderText.clean(value) + "'"), cause);
    }
}
