package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import java.util.Locale;
import java.util.Optional;

/** What a failure after the first token means for the answer that broke off. */
final class Breaks {

    private Breaks() {
    }

    /** Words for why nobody may go on; empty if it is that provider's own fault and no sign that time is up. */
    static Optional<String> hindrance(Failure failure) {
        if (failure instanceof Failure.DeadlineExceeded late && late.deadline() == Deadline.TOTAL) {
            return Optional.of("its time was up");
        }
        return Rerouting.movesOn(failure) ? Optional.empty() : Optional.of("its provider is not to blame");
    }

    /** A few words for a log and for the client: none of the provider's own. */
    static String words(Failure failure) {
        return failure instanceof Failure.DeadlineExceeded late
                ? "no progress in time (" + late.deadline().name().toLowerCase(Locale.ROOT) + " deadline)"
                : Rerouting.words(failure);
    }
}
