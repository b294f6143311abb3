package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.util.Locale;

/** What a failure before the first token means for the way of a request. */
final class Rerouting {

    private Rerouting() {
    }

    /** Whether another candidate may do better. What the request itself is to blame for fails everywhere. */
    static boolean movesOn(Failure failure) {
        return switch (failure) {
            case Failure.Unreachable _, Failure.Overloaded _, Failure.RateLimited _, Failure.ProviderFailed _,
                 Failure.ClosedEarly _, Failure.Malformed _, Failure.DeadlineExceeded _, Failure.LimitReached _,
                 Failure.QuotaExhausted _, Failure.ProviderAuth _, Failure.PermissionDenied _, Failure.NotFound _ -> true;
            case Failure.InvalidRequest _, Failure.TooLarge _, Failure.ContentFiltered _, Failure.Unauthenticated _,
                 Failure.Expired _, Failure.ClientGone _, Failure.SlowClient _, Failure.Cancelled _,
                 Failure.Unavailable _, Failure.Internal _ -> false;
        };
    }

    /** Whether it is worth asking the same candidate again a little later, and still allowed. */
    static boolean mayBeRepeated(Failure failure, ProviderCall call) {
        return call.mayBeRepeated() && switch (failure) {
            case Failure.RateLimited _, Failure.Overloaded _, Failure.ProviderFailed _ -> true;
            default -> false;
        };
    }

    /** Whether it is an operator's business and lasts: of several failures another one says more to a client. */
    static boolean isLasting(Failure failure) {
        return failure instanceof Failure.QuotaExhausted || failure instanceof Failure.ProviderAuth
                || failure instanceof Failure.PermissionDenied || failure instanceof Failure.NotFound;
    }

    /** A few words for a header and a log: none of the provider's own. */
    static String words(Failure failure) {
        return switch (failure) {
            case Failure.Unreachable _ -> "unreachable";
            case Failure.Overloaded _ -> "overloaded";
            case Failure.RateLimited _ -> "rate limited";
            case Failure.ProviderFailed _ -> "failed";
            case Failure.ClosedEarly _ -> "closed early";
            case Failure.Malformed _ -> "malformed answer";
            case Failure.DeadlineExceeded late -> "no first token in time ("
                    + late.deadline().name().toLowerCase(Locale.ROOT) + " deadline)";
            case Failure.LimitReached _ -> "at its limit of streams";
            case Failure.QuotaExhausted _ -> "quota exhausted";
            case Failure.ProviderAuth _ -> "refused our API key";
            case Failure.PermissionDenied _ -> "permission denied";
            case Failure.NotFound _ -> "model not found";
            case Failure.InvalidRequest _ -> "invalid request";
            case Failure.TooLarge _ -> "request too large";
            case Failure.ContentFiltered _ -> "content filtered";
            case Failure.Expired _ -> "expired";
            case Failure.Unauthenticated _ -> "unauthenticated";
            case Failure.ClientGone _ -> "client gone";
            case Failure.SlowClient _ -> "client too slow";
            case Failure.Cancelled _ -> "cancelled";
            case Failure.Unavailable _ -> "unavailable";
            case Failure.Internal _ -> "internal error";
        };
    }
}
