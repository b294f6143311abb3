package io.circuitbreaker.llm.rest;

import io.circuitbreaker.llm.bean.Unproxied;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.edge.ChatRequests;
import io.circuitbreaker.llm.session.ErrorEvents;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;

/** Failures as responses in the client's language. Thread-safe. */
@Unproxied
public class Errors implements ErrorEvents {

    private final ChatRequests requests;

    @Inject
    public Errors(ChatRequests requests) {
        this.requests = requests;
    }

    /** The language of the clients of {@code /v1/chat/completions}. */
    ClientDialect openAi() {
        return requests.openAi();
    }

    @Override
    public String of(Failure failure) {
        return openAi().error(failure);
    }

    Response response(Failure failure) {
        ClientDialect dialect = openAi();
        Response.ResponseBuilder response = Response.status(dialect.status(failure)).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(dialect.error(failure));
        Optional<Duration> retryAfter = failure.retryAfter();
        // Whole seconds, rounded up: an earlier retry would be refused again.
        retryAfter.ifPresent(time -> response.header("Retry-After", (time.toMillis() + 999) / 1000));
        if (!isWorthRetrying(failure)) {
            // OpenAI's SDKs retry by status unless they are told.
            response.header("x-should-retry", "false");
        }
        return response.build();
    }

    private static boolean isWorthRetrying(Failure failure) {
        return switch (failure) {
            case Failure.RateLimited _, Failure.LimitReached _, Failure.Overloaded _, Failure.Unreachable _,
                 Failure.ProviderFailed _, Failure.ClosedEarly _, Failure.Malformed _, Failure.DeadlineExceeded _,
                 Failure.Cancelled _, Failure.Unavailable _, Failure.Internal _ -> true;
            case Failure.InvalidRequest _, Failure.TooLarge _, Failure.Unauthenticated _, Failure.NotFound _, Failure.Expired _,
                 Failure.ProviderAuth _, Failure.PermissionDenied _, Failure.ContentFiltered _, Failure.QuotaExhausted _,
                 Failure.ClientGone _, Failure.SlowClient _ -> false;
        };
    }
}
