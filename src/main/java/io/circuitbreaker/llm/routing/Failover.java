package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.provider.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * From one candidate to the next, or with several at once, until one gives a first token. This holds what all requests
 * share; each has a {@link Walk} of its own.
 */
record Failover(LongSupplier nanoTime, World.Waiting waiting, BackOff backOff, FirstTokenTimes times, Pauses pauses,
                Health health, Duration maxWait) {

    /** @throws NoAnswerException if none does */
    RoutedStream open(Plan plan, LlmRequest request, Cancellation cancellation, Consumer<? super Spent> ledger) {
        Tactics tactics = plan.tactics();
        SideBySide.check(request, tactics);
        Duration patience = request.routing().onlyFirst() ? Duration.ZERO : maxWait;
        boolean several = plan.targets().size() > 1 && (tactics.races() || tactics.sideBySide());
        if (!several) {
            return new Walk(this, plan.leftOut(), candidates(plan, request, () -> cancellation), patience, cancellation,
                    ledger).run();
        }
        Cancellation whole = cancellation.part();
        Walk walk = new Walk(this, plan.leftOut(), candidates(plan, request, whole::part), patience, whole, ledger);
        return tactics.sideBySide() ? new SideBySide(walk, tactics.parallel().getAsInt(), whole).open()
                : new Race(walk, tactics, waiting, whole).run();
    }

    private List<Candidate> candidates(Plan plan, LlmRequest request, Supplier<Cancellation> cancellation) {
        long now = nanoTime.getAsLong();
        // Who is the only one is asked in any case: nobody else knows better whether it answers by now.
        boolean choice = plan.targets().size() > 1;
        List<Candidate> candidates = plan.targets().stream().map(target -> new Candidate(target, request, cancellation.get(),
                choice ? pauses.of(target).map(Pauses.Pause::until).orElse(now) : now)).toList();
        if (!choice) {
            candidates.forEach(only -> only.call().waitIfFull());
        }
        return candidates;
    }

    /** For later requests. Our own limit says nothing about the provider, and who names a time is not slow but busy. */
    void remember(Target target, Failure failure, Duration time) {
        if (failure instanceof Failure.LimitReached) {
            return;
        }
        failure.retryAfter().ifPresentOrElse(wish -> pauses.begin(target, wish, Rerouting.words(failure)),
                () -> times.failed(target, time));
    }
}
