package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.ProviderCall;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/** One candidate, asked once, on whichever thread runs it. What it means for the request its {@link Walk} says. */
record Attempt(Candidate candidate, LongSupplier nanoTime, Health health, Consumer<? super Spent> ledger) {

    sealed interface Outcome {
        Candidate candidate();
    }

    /** @param stream belongs to the thread that ran the attempt, until another adopts it */
    record Answered(Candidate candidate, ChunkStream stream, Duration time) implements Outcome {
    }

    record Failed(Candidate candidate, RuntimeException why, Duration time) implements Outcome {

        /** Whether it did not fail by itself but was called off. */
        boolean calledOff() {
            return why instanceof LlmException e
                    && candidate.call().cancellation().reason().equals(Optional.of(e.failure()));
        }
    }

    Outcome run() {
        ProviderCall call = candidate.call();
        int before = call.attempts();
        long begun = withoutQueue();
        try {
            ChunkStream stream = candidate.target().provider().open(call);
            Duration time = since(begun);
            ChunkStream watched = health.watched(stream, candidate.target(), time);
            return new Answered(candidate, candidate.metered(watched, ledger), time);
        } catch (CircuitBreakerOpenException e) {
            candidate.target().provider().breakerRefused();
            return new Failed(candidate, e, since(begun));
        } catch (RuntimeException e) {
            Failed failed = new Failed(candidate, e, since(begun));
            if (failed.calledOff() && call.attempts() > before) {
                // It has the prompt, and may have been about to answer; it will not tell.
                ledger.accept(new Spent(candidate.target().provider().name(), call.model(),
                        Estimate.of(call.request(), 0), true));
            }
            return failed;
        } catch (Error e) {
            // On a thread of its own nobody else would hear of it.
            return new Failed(candidate, new IllegalStateException(candidate.target().shown() + " cannot be asked", e),
                    since(begun));
        }
    }

    private Duration since(long begun) {
        return Duration.ofNanos(withoutQueue() - begun);
    }

    /** A clock that stands still while the request waits for a place: that time is ours and not the provider's. */
    private long withoutQueue() {
        return nanoTime.getAsLong() - candidate.call().nanosQueued();
    }
}
