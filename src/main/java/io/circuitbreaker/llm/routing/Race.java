package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.provider.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Several candidates for one answer: the first to give a real token is taken, and the others are called off. Some are
 * asked at once, and one more whenever no token has come for a while; who fails makes place for the next. Each is asked on
 * a virtual thread of its own, and what comes of it is weighed on the request's, which calls all of this.
 */
final class Race {

    private static final Failure BEATEN = new Failure.Cancelled("another candidate was faster");

    // configuration
    private final Walk walk;
    private final int atOnce;
    private final Optional<Duration> hedgeAfter;
    private final World.Waiting waiting;
    private final Cancellation whole;

    // between the request's thread and the others: as many places as there may be attempts at once
    private final HandOver<Attempt.Outcome> outcomes = new HandOver<>(Tactics.MOST_AT_ONCE);

    // the request's thread
    private final List<Candidate> running = new ArrayList<>();
    private long lastStart;

    /** @param whole of the request, or of a part of it that ends with this */
    Race(Walk walk, Tactics tactics, World.Waiting waiting, Cancellation whole) {
        this.walk = walk;
        this.atOnce = tactics.race().orElse(1);
        this.hedgeAfter = tactics.hedgeAfter();
        this.waiting = waiting;
        this.whole = whole;
    }

    RoutedStream run() {
        whole.onCancel(_ -> outcomes.stop());
        try {
            return walk.run(this::round);
        } finally {
            whole.onCancel(_ -> { });
            callOff();
        }
    }

    private Optional<RoutedStream> round() {
        DueCandidates due = new DueCandidates(walk);
        while (running.size() < atOnce && due.hasNext()) {
            start(due.next());
        }
        noteRace();
        while (!running.isEmpty()) {
            Optional<Attempt.Outcome> first = first(due.hasNext());
            if (whole.reason().isPresent()) {
                // It is in nobody's hands but ours, and a place at its provider with it.
                first.ifPresent(this::letGo);
                whole.throwIfCancelled();
            }
            if (first.isEmpty()) {
                hedge(due.next());
                continue;
            }
            Optional<RoutedStream> answer = settle(first.get());
            if (answer.isPresent()) {
                return answer;
            }
            if (due.hasNext()) {
                start(due.next());
            }
        }
        return Optional.empty();
    }

    private void start(Candidate candidate) {
        Attempt attempt = walk.attempt(candidate);
        running.add(candidate);
        lastStart = walk.now();
        Thread.ofVirtual().name("llm-race-" + candidate.target().name()).start(() -> run(attempt));
    }

    /** On the attempt's own thread. */
    private void run(Attempt attempt) {
        Attempt.Outcome outcome = attempt.run();
        if (!outcomes.put(outcome)) {
            walk.letGo(outcome);
        }
    }

    private void noteRace() {
        if (running.size() > 1) {
            walk.note(running.getFirst().target().shown() + ": raced with " + running.stream().skip(1)
                    .map(other -> other.target().shown()).collect(Collectors.joining(", ")));
        }
    }

    /** The first outcome that comes; nothing if none comes in time and there are others to ask. */
    private Optional<Attempt.Outcome> first(boolean others) {
        if (hedgeAfter.isEmpty() || !others || running.size() >= Tactics.MOST_AT_ONCE) {
            return outcomes.take();
        }
        return waiting.first(outcomes, hedgeAfter.get().minusNanos(walk.now() - lastStart));
    }

    private void hedge(Candidate next) {
        walk.note(running.getLast().target().shown() + ": no token after " + hedgeAfter.orElseThrow().toMillis()
                + " ms, hedged");
        start(next);
    }

    private Optional<RoutedStream> settle(Attempt.Outcome outcome) {
        running.remove(outcome.candidate());
        if (outcome instanceof Attempt.Answered answered) {
            answered.stream().adopt();
        }
        return walk.settle(outcome);
    }

    /** Whoever still runs lets go by itself; what came too late to be taken is closed here. */
    private void callOff() {
        outcomes.stop();
        running.forEach(beaten -> beaten.call().cancellation().cancel(BEATEN));
        outcomes.left().forEach(this::letGo);
    }

    private void letGo(Attempt.Outcome late) {
        if (late instanceof Attempt.Answered answered) {
            answered.stream().adopt();
        }
        walk.letGo(late);
    }
}
