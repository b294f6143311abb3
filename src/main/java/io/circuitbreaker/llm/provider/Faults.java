package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;

/** Sorts failures into the exception classes that the annotations on the provider bean select by. */
final class Faults {

    private Faults() {
    }

    /** @param answerBegan whether any byte of an answer came, a status other than 502 and 503 included */
    static LlmException exception(Failure failure, boolean answerBegan, Throwable cause) {
        return switch (failure) {
            case Failure.Unreachable _, Failure.Overloaded _, Failure.ProviderFailed _
                    when !answerBegan && failure.retryAfter().isEmpty() && !UpstreamAddress.isUntrusted(cause) ->
                    new TransportException(failure, cause);
            case Failure.Unreachable _, Failure.Overloaded _, Failure.ProviderFailed _, Failure.ClosedEarly _,
                 Failure.Malformed _, Failure.DeadlineExceeded _ -> new UpstreamException(failure, cause);
            case Failure.InvalidRequest _, Failure.TooLarge _, Failure.Unauthenticated _, Failure.NotFound _, Failure.Expired _,
                 Failure.ProviderAuth _, Failure.PermissionDenied _, Failure.ContentFiltered _, Failure.RateLimited _,
                 Failure.QuotaExhausted _, Failure.LimitReached _, Failure.ClientGone _, Failure.SlowClient _,
                 Failure.Cancelled _, Failure.Unavailable _, Failure.Internal _ -> new LlmException(failure, cause);
        };
    }
}
