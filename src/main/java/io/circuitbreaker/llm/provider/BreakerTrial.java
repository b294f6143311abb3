package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which attempt is the one that an open circuit breaker lets through, and what the breaker is to make of each. The breaker
 * itself does not say; but whom it refuses can tell, and the next attempt to get past it is the trial.
 *
 * <p>To the breaker what is not a failure is a success, and there is no third. Client errors are none. Limits and cancels
 * say nothing of the provider: among other attempts they weigh little, but the trial must not close the breaker with one.
 * Thread-safe.
 */
final class BreakerTrial {

    private final AtomicBoolean next = new AtomicBoolean();

    /**
     * Opens an answer behind the breaker.
     *
     * @throws UpstreamException  if the breaker is to count it
     * @throws TransportException if it is to be asked for again, too
     * @throws LlmException       if neither
     */
    ChunkStream open(LlmProvider upstream, ProviderCall call) {
        boolean decides = begin();
        try {
            ChunkStream stream = upstream.open(call);
            passed();
            return stream;
        } catch (LlmException e) {
            boolean atFault = e instanceof UpstreamException || decides && saysNothing(e.failure());
            if (decides && atFault) {
                // It is open again, whether or not somebody is refused before the next.
                expect();
            } else if (decides) {
                passed();
            }
            // Of another class, so that the breaker counts it, or that the retry lets it pass.
            boolean asItIs = e instanceof TransportException ? repeats(call) : !atFault || e instanceof UpstreamException;
            throw asItIs ? e : new UpstreamException(e.failure(), e);
        }
    }

    /** The breaker has refused a request. */
    void expect() {
        next.set(true);
    }

    /** An attempt begins; returns whether it is the trial. */
    boolean begin() {
        return next.getAndSet(false);
    }

    /** The breaker is closed. */
    void passed() {
        next.set(false);
    }

    /** Whether it comes of us or of the client, whose request may be called off for many reasons. */
    private static boolean saysNothing(Failure failure) {
        return switch (failure) {
            case Failure.LimitReached _, Failure.Cancelled _, Failure.ClientGone _, Failure.SlowClient _,
                 Failure.Unavailable _, Failure.Internal _, Failure.Unauthenticated _, Failure.Expired _ -> true;
            case Failure.Unreachable _, Failure.Overloaded _, Failure.ProviderFailed _, Failure.ClosedEarly _,
                 Failure.Malformed _, Failure.DeadlineExceeded _, Failure.RateLimited _, Failure.QuotaExhausted _,
                 Failure.ProviderAuth _, Failure.PermissionDenied _, Failure.NotFound _, Failure.InvalidRequest _,
                 Failure.TooLarge _, Failure.ContentFiltered _ -> false;
        };
    }

    /** The router may have used up some attempts before. */
    private static boolean repeats(ProviderCall call) {
        return call.mayBeRepeated() && !call.othersWait();
    }
}
