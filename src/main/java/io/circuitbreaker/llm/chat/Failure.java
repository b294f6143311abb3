package io.circuitbreaker.llm.chat;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * All the ways in which a request can fail. Each edge maps them to its own words in one place.
 *
 * <p>A {@code message} is for the client: it names the thing, the limit and the value, and never has a key or a prompt
 * in it.
 */
public sealed interface Failure {

    String message();

    /** The same failure in other words. */
    Failure withMessage(String message);

    /** One word for metrics and logs: {@code deadline_exceeded}, {@code unreachable}, … */
    default String kind() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** How long the one that failed asks to be left alone. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }

    /** The client's request is wrong; a retry cannot help. {@code param} and {@code code} may be empty. */
    record InvalidRequest(String message, String param, String code) implements Failure {
        @Override
        public InvalidRequest withMessage(String message) {
            return new InvalidRequest(message, param, code);
        }

        public static InvalidRequest of(String param, String message) {
            return new InvalidRequest(message, param, "");
        }
    }

    /** The body is larger than we, or the provider, accept. */
    record TooLarge(String message) implements Failure {
        @Override
        public TooLarge withMessage(String message) {
            return new TooLarge(message);
        }
    }

    /** The client did not say who it is, or is not who it says. */
    record Unauthenticated(String message) implements Failure {
        @Override
        public Unauthenticated withMessage(String message) {
            return new Unauthenticated(message);
        }
    }

    record NotFound(String message, String code) implements Failure {
        @Override
        public NotFound withMessage(String message) {
            return new NotFound(message, code);
        }
    }

    /** What was asked for has been here and is not kept any more. */
    record Expired(String message) implements Failure {
        @Override
        public Expired withMessage(String message) {
            return new Expired(message);
        }
    }

    /** The provider refused our key: our operator's fault, not the client's. */
    record ProviderAuth(String message) implements Failure {
        @Override
        public ProviderAuth withMessage(String message) {
            return new ProviderAuth(message);
        }
    }

    /** The provider knows our key and does not allow it this. */
    record PermissionDenied(String message) implements Failure {
        @Override
        public PermissionDenied withMessage(String message) {
            return new PermissionDenied(message);
        }
    }

    /** The provider's content filter refused the prompt. Another provider is not asked the same. */
    record ContentFiltered(String message) implements Failure {
        @Override
        public ContentFiltered withMessage(String message) {
            return new ContentFiltered(message);
        }
    }

    /** Too many requests or tokens for now; worth a retry. */
    record RateLimited(String message, Optional<Duration> retryAfter) implements Failure {
        @Override
        public RateLimited withMessage(String message) {
            return new RateLimited(message, retryAfter);
        }
    }

    /** The account has no credit left; a retry cannot help. */
    record QuotaExhausted(String message) implements Failure {
        @Override
        public QuotaExhausted withMessage(String message) {
            return new QuotaExhausted(message);
        }
    }

    /** One of our own limits; {@code limit} is its configuration key. */
    record LimitReached(String message, String limit, Optional<Duration> retryAfter) implements Failure {
        @Override
        public LimitReached withMessage(String message) {
            return new LimitReached(message, limit, retryAfter);
        }
    }

    /** The provider, or our breaker in front of it, takes no requests for now. */
    record Overloaded(String message, Optional<Duration> retryAfter) implements Failure {
        @Override
        public Overloaded withMessage(String message) {
            return new Overloaded(message, retryAfter);
        }
    }

    /** The provider could not be reached, or the connection broke before a byte of an answer came. */
    record Unreachable(String message) implements Failure {
        @Override
        public Unreachable withMessage(String message) {
            return new Unreachable(message);
        }
    }

    /** The provider said that it failed. */
    record ProviderFailed(String message, Optional<Duration> retryAfter) implements Failure {
        @Override
        public ProviderFailed withMessage(String message) {
            return new ProviderFailed(message, retryAfter);
        }

        public static ProviderFailed of(String message) {
            return new ProviderFailed(message, Optional.empty());
        }
    }

    /** The provider's stream broke off before it said that it was complete. */
    record ClosedEarly(String message) implements Failure {
        @Override
        public ClosedEarly withMessage(String message) {
            return new ClosedEarly(message);
        }
    }

    /** The provider sent what is not its protocol. */
    record Malformed(String message) implements Failure {
        @Override
        public Malformed withMessage(String message) {
            return new Malformed(message);
        }
    }

    record DeadlineExceeded(String message, Deadline deadline) implements Failure {
        @Override
        public DeadlineExceeded withMessage(String message) {
            return new DeadlineExceeded(message, deadline);
        }
    }

    /** The client went away: nothing is written, and nobody is to blame. */
    record ClientGone(String message) implements Failure {
        @Override
        public ClientGone withMessage(String message) {
            return new ClientGone(message);
        }
    }

    /** The client is there and takes its stream too slowly: nobody waits for it any longer. */
    record SlowClient(String message) implements Failure {
        @Override
        public SlowClient withMessage(String message) {
            return new SlowClient(message);
        }
    }

    /** The server ended the stream: shutdown, or by an operator's wish. */
    record Cancelled(String message) implements Failure {
        @Override
        public Cancelled withMessage(String message) {
            return new Cancelled(message);
        }
    }

    /** Something of ours that this needs is not there, or not any more: a server, a store. {@code code} says what. */
    record Unavailable(String message, String code) implements Failure {
        @Override
        public Unavailable withMessage(String message) {
            return new Unavailable(message, code);
        }
    }

    /** Our own fault. */
    record Internal(String message) implements Failure {
        @Override
        public Internal withMessage(String message) {
            return new Internal(message);
        }
    }
}
