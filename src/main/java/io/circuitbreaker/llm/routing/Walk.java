package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * The way of one request past its candidates: two rounds at most, and one wait between them. In each round whoever may be
 * asked now is asked, in order. The wait is for the first of those who asked to be left alone, and only if it is shorter
 * than the request's patience; where somebody was full, it is in the queues of those who were. For one thread.
 */
final class Walk {

    private static final Logger LOG = Logger.getLogger(Walk.class.getName());
    private static final int ROUNDS = 2;
    /** An open breaker does not say for how long. Asking it costs the provider nothing, so it is asked again soon. */
    private static final Duration BREAKER_PAUSE = Duration.ofSeconds(1);

    private final Failover shared;
    private final List<Candidate> candidates;
    private final Duration patience;
    private final Cancellation cancellation;
    private final Consumer<? super Spent> ledger;
    private final List<String> reasons;
    private Optional<NoAnswer> last = Optional.empty();

    /** Why there is none so far, and who is to blame for it. */
    private record NoAnswer(LlmException why, String provider) {
    }

    Walk(Failover shared, List<String> leftOut, List<Candidate> candidates, Duration patience,
         Cancellation cancellation, Consumer<? super Spent> ledger) {
        this.shared = shared;
        this.candidates = candidates;
        this.patience = patience;
        this.cancellation = cancellation;
        this.ledger = ledger;
        this.reasons = new ArrayList<>(leftOut);
    }

    RoutedStream run() {
        notePassedOver();
        for (int round = 1; round <= ROUNDS; round++) {
            for (Candidate candidate : candidates) {
                if (candidate.isDue(now())) {
                    if (round == ROUNDS) {
                        candidate.call().waitIfFull();
                    }
                    Optional<RoutedStream> answer = ask(candidate);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                }
            }
            if (round == ROUNDS || !waited()) {
                break;
            }
        }
        throw noAnswer(last.orElseGet(this::allPassedOver));
    }

    private void notePassedOver() {
        long now = now();
        for (Candidate candidate : candidates) {
            if (!candidate.isDue(now)) {
                String why = shared.pauses().of(candidate.target()).map(Pauses.Pause::why).orElse("left alone");
                reasons.add(candidate.target().shown() + ": passed over, was " + why);
            }
        }
    }

    private Optional<RoutedStream> ask(Candidate candidate) {
        cancellation.throwIfCancelled();
        if (!reasons.isEmpty()) {
            LOG.info(() -> "asking " + candidate.target().shown() + ", because " + reasons.getLast());
        }
        long begun = withoutQueue(candidate);
        candidate.call().othersWait(othersWait(candidate, now()));
        try {
            ChunkStream stream = candidate.target().provider().open(candidate.call());
            Duration time = Duration.ofNanos(withoutQueue(candidate) - begun);
            shared.times().measured(candidate.target(), time);
            shared.pauses().end(candidate.target());
            ChunkStream watched = shared.health().watched(stream, candidate.target(), time);
            return Optional.of(routed(candidate.metered(watched, ledger), candidate.target()));
        } catch (CircuitBreakerOpenException e) {
            breakerOpen(candidate, e);
        } catch (TimeoutException e) {
            String name = candidate.target().provider().name();
            throw noAnswer(new NoAnswer(new LlmException(new Failure.Internal("provider '" + name
                    + "' was not stopped by its own deadlines"), e), name));
        } catch (LlmException e) {
            failed(candidate, e, Duration.ofNanos(withoutQueue(candidate) - begun));
        }
        return Optional.empty();
    }

    /** Whether there is another to ask who was not asked yet: nobody waits for repetitions then. */
    private boolean othersWait(Candidate asked, long now) {
        return candidates.stream()
                .anyMatch(other -> other != asked && other.isDue(now) && other.call().attempts() == 0);
    }

    private void failed(Candidate candidate, LlmException e, Duration time) {
        Failure failure = e.failure();
        Target target = candidate.target();
        note(target, Rerouting.words(failure), e);
        shared.health().failed(target, failure);
        if (!Rerouting.movesOn(failure)) {
            throw noAnswer(new NoAnswer(e, target.provider().name()));
        }
        remember(target, failure, time);
        askLater(candidate, failure);
    }

    /** For later requests. Our own limit says nothing about the provider, and who names a time is not slow but busy. */
    private void remember(Target target, Failure failure, Duration time) {
        if (failure instanceof Failure.LimitReached) {
            return;
        }
        failure.retryAfter().ifPresentOrElse(
                wish -> shared.pauses().begin(target, wish, Rerouting.words(failure)),
                () -> shared.times().failed(target, time));
    }

    private void askLater(Candidate candidate, Failure failure) {
        if (failure instanceof Failure.LimitReached && candidate.wasFull(now())) {
            return;
        }
        if (!Rerouting.mayBeRepeated(failure, candidate.call())) {
            candidate.leaveOut();
            return;
        }
        Duration wait = failure.retryAfter().orElseGet(() -> shared.backOff().after(candidate.call().attempts()));
        candidate.askAt(now() + wait.toNanos());
    }

    /** Somebody else, or failing fast, is what a breaker is for: a single candidate's is not waited for. */
    private void breakerOpen(Candidate candidate, CircuitBreakerOpenException e) {
        Target target = candidate.target();
        Failure failure = new Failure.Overloaded("provider '" + target.provider().name() + "' is not asked for now: it"
                + " failed too often, and its circuit breaker is open", Optional.empty());
        shared.health().breakerOpen(target);
        note(target, "circuit breaker open", new LlmException(failure, e));
        shared.pauses().begin(target, BREAKER_PAUSE, "circuit breaker open");
        candidate.askAt(now() + BREAKER_PAUSE.toNanos());
        if (candidates.size() == 1) {
            candidate.leaveOut();
        }
    }

    private void note(Target target, String words, LlmException e) {
        reasons.add(target.shown() + ": " + words);
        if (last.isEmpty() || !Rerouting.isLasting(e.failure()) || Rerouting.isLasting(last.get().why.failure())) {
            last = Optional.of(new NoAnswer(e, target.provider().name()));
        }
    }

    /** @return false if there is nobody to wait for, or for too long */
    private boolean waited() {
        // Who is full is waited for in its queue, now that nobody has taken the request at once.
        if (candidates.stream().anyMatch(Candidate::isFull)) {
            return true;
        }
        Optional<Duration> wait = untilFirstDue();
        if (patience.isZero() || wait.isEmpty() || wait.get().compareTo(patience) > 0) {
            return false;
        }
        shared.waiting().await(wait.get(), cancellation);
        return true;
    }

    private Optional<Duration> untilFirstDue() {
        long now = now();
        return candidates.stream().filter(candidate -> !candidate.isOut())
                .map(candidate -> Duration.ofNanos(candidate.nanosUntilDue(now))).min(Duration::compareTo);
    }

    private NoAnswer allPassedOver() {
        return new NoAnswer(new LlmException(new Failure.Overloaded("nobody is asked for now: "
                + String.join("; ", reasons), untilFirstDue())), "");
    }

    private NoAnswerException noAnswer(NoAnswer none) {
        // A single reason is the failure itself.
        String tried = reasons.size() > 1 ? String.join("; ", reasons) : "";
        return new NoAnswerException(none.why.failure(), none.provider, attempts(), tried, none.why);
    }

    private RoutedStream routed(ChunkStream stream, Target target) {
        Optional<String> reason = reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
        return new RoutedStream(stream, target.provider().name(), target.model(), attempts(), reason);
    }

    private int attempts() {
        return candidates.stream().mapToInt(candidate -> candidate.call().attempts()).sum();
    }

    /** A clock that stands still while the request waits for a place: that time is ours and not the provider's. */
    private long withoutQueue(Candidate candidate) {
        return now() - candidate.call().nanosQueued();
    }

    private long now() {
        return shared.nanoTime().getAsLong();
    }
}
