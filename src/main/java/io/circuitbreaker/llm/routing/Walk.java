package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.provider.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * The way of one request past its candidates: two rounds at most, and one wait between them. In each round whoever may be
 * asked now is asked: one after the other in order, or as a {@link Race} or {@link SideBySide} have it. The wait is for the
 * first of those who asked to be left alone, and only if it is shorter than the request's patience; where somebody was full,
 * it is in the queues of those who were. For one thread.
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
    private final Reasons reasons;
    private int round;

    Walk(Failover shared, List<String> leftOut, List<Candidate> candidates, Duration patience,
         Cancellation cancellation, Consumer<? super Spent> ledger) {
        this.shared = shared;
        this.candidates = candidates;
        this.patience = patience;
        this.cancellation = cancellation;
        this.ledger = ledger;
        this.reasons = new Reasons(leftOut);
    }

    RoutedStream run() {
        return run(this::oneAfterTheOther);
    }

    /** @param asking asks those who are due, in each round; empty if none of them gave an answer */
    RoutedStream run(Supplier<Optional<RoutedStream>> asking) {
        notePassedOver();
        for (round = 1; round <= ROUNDS; round++) {
            Optional<RoutedStream> answer = asking.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (round == ROUNDS || !waited()) {
                break;
            }
        }
        throw reasons.noAnswer(attempts(), this::allPassedOver);
    }

    private Optional<RoutedStream> oneAfterTheOther() {
        for (Candidate candidate : candidates) {
            if (candidate.isDue(now())) {
                Optional<RoutedStream> answer = settle(attempt(candidate).run());
                if (answer.isPresent()) {
                    return answer;
                }
            }
        }
        return Optional.empty();
    }

    List<Candidate> candidates() {
        return candidates;
    }

    /** To be run on any thread, once. */
    Attempt attempt(Candidate candidate) {
        cancellation.throwIfCancelled();
        reasons.latest().ifPresent(why -> LOG.info(() -> "asking " + candidate.target().shown() + ", because " + why));
        candidate.call().othersWait(othersWait(candidate, now()));
        if (round == ROUNDS) {
            candidate.call().waitIfFull();
        }
        return new Attempt(candidate, shared.nanoTime(), shared.health(), ledger);
    }

    private void notePassedOver() {
        long now = now();
        for (Candidate candidate : candidates) {
            if (!candidate.isDue(now)) {
                reasons.passedOver(candidate.target(),
                        shared.pauses().of(candidate.target()).map(Pauses.Pause::why).orElse("left alone"));
            }
        }
    }

    /**
     * Takes note of what came of an attempt.
     *
     * @return the answer; empty if another is to be asked
     * @throws NoAnswerException if nobody else is
     */
    Optional<RoutedStream> settle(Attempt.Outcome outcome) {
        return switch (outcome) {
            case Attempt.Answered answered -> {
                settleAnswered(answered);
                Target target = answered.candidate().target();
                yield Optional.of(routed(answered.stream(), target.provider().name(), target.model()));
            }
            case Attempt.Failed failed -> {
                LlmException why = settleFailed(failed);
                if (!Rerouting.movesOn(why.failure())) {
                    throw reasons.noAnswer(attempts(), why, failed.candidate().target());
                }
                yield Optional.empty();
            }
        };
    }

    void settleAnswered(Attempt.Answered answered) {
        shared.times().measured(answered.candidate().target(), answered.time());
        shared.pauses().end(answered.candidate().target());
    }

    /** @return what it failed with, in our words */
    LlmException settleFailed(Attempt.Failed failed) {
        return switch (failed.why()) {
            case CircuitBreakerOpenException e -> breakerOpen(failed.candidate(), e);
            case TimeoutException e -> {
                failed.candidate().leaveOut();
                yield new LlmException(new Failure.Internal("provider '"
                        + failed.candidate().target().provider().name() + "' was not stopped by its own deadlines"), e);
            }
            case LlmException e -> {
                failed(failed.candidate(), e, failed.time());
                yield e;
            }
            case RuntimeException e -> throw e;
        };
    }

    /** What came of an attempt that does not matter to the request any more. Any thread that owns it. */
    void letGo(Attempt.Outcome outcome) {
        switch (outcome) {
            case Attempt.Answered answered -> answered.stream().close();
            case Attempt.Failed failed -> {
                if (!(failed.why() instanceof LlmException e)) {
                    LOG.log(Level.WARNING, failed.why(), () -> failed.candidate().target().shown()
                            + " failed after the request had been answered");
                } else if (Rerouting.movesOn(e.failure())) {
                    shared.health().failed(failed.candidate().target(), e.failure());
                    shared.remember(failed.candidate().target(), e.failure(), failed.time());
                }
            }
        }
    }

    /** Whether there is another to ask who was not asked yet: nobody waits for repetitions then. */
    private boolean othersWait(Candidate asked, long now) {
        return candidates.stream()
                .anyMatch(other -> other != asked && other.isDue(now) && other.call().attempts() == 0);
    }

    private void failed(Candidate candidate, LlmException e, Duration time) {
        Failure failure = e.failure();
        Target target = candidate.target();
        reasons.failed(target, Rerouting.words(failure), e);
        shared.health().failed(target, failure);
        if (Rerouting.movesOn(failure)) {
            shared.remember(target, failure, time);
            askLater(candidate, failure);
        } else {
            candidate.leaveOut();
        }
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
    private LlmException breakerOpen(Candidate candidate, CircuitBreakerOpenException e) {
        Target target = candidate.target();
        Failure failure = new Failure.Overloaded("provider '" + target.provider().name() + "' is not asked for now: it"
                + " failed too often, and its circuit breaker is open", Optional.empty());
        shared.health().breakerOpen(target);
        LlmException open = new LlmException(failure, e);
        reasons.failed(target, "circuit breaker open", open);
        shared.pauses().begin(target, BREAKER_PAUSE, "circuit breaker open");
        candidate.askAt(now() + BREAKER_PAUSE.toNanos());
        if (candidates.size() == 1) {
            candidate.leaveOut();
        }
        return open;
    }

    /** Why more are asked than the one that was, in words for a header. */
    void note(String reason) {
        reasons.more(reason);
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

    private LlmException allPassedOver() {
        return new LlmException(new Failure.Overloaded("nobody is asked for now: " + reasons.all().orElseThrow(),
                untilFirstDue()));
    }

    RoutedStream routed(ChunkStream stream, String provider, String model) {
        return new RoutedStream(stream, provider, model, attempts(), reasons.all());
    }

    private int attempts() {
        return candidates.stream().mapToInt(candidate -> candidate.call().attempts()).sum();
    }

    long now() {
        return shared.nanoTime().getAsLong();
    }
}
