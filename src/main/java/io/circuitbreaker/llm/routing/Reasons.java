package io.circuitbreaker.llm.routing;

import io.circuitbreaker.llm.chat.LlmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Why a request has no answer yet, or not from the first it asked: in words for a header and a log, and as the failure
 * that says most to its client. For one thread.
 */
final class Reasons {

    private final List<String> words;
    private Optional<NoAnswer> telling = Optional.empty();

    private record NoAnswer(LlmException why, String provider) {
    }

    /** @param leftOut why others are no candidates */
    Reasons(List<String> leftOut) {
        this.words = new ArrayList<>(leftOut);
    }

    void passedOver(Target target, String why) {
        words.add(target.shown() + ": passed over, was " + why);
    }

    /** Why more are asked than the one that was. */
    void more(String reason) {
        if (!words.contains(reason)) {
            words.add(reason);
        }
    }

    /** The last failure tells, but what is an operator's business only if nothing else does. */
    void failed(Target target, String why, LlmException e) {
        words.add(target.shown() + ": " + why);
        boolean saysMore = !Rerouting.isLasting(e.failure());
        if (telling.isEmpty() || saysMore || Rerouting.isLasting(telling.get().why.failure())) {
            telling = Optional.of(new NoAnswer(e, target.provider().name()));
        }
    }

    Optional<String> latest() {
        return words.isEmpty() ? Optional.empty() : Optional.of(words.getLast());
    }

    Optional<String> all() {
        return words.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", words));
    }

    /**
     * Nobody gives an answer.
     *
     * @param passedOver says so if nobody was asked
     */
    NoAnswerException noAnswer(int attempts, Supplier<LlmException> passedOver) {
        return noAnswer(attempts, telling.orElseGet(() -> new NoAnswer(passedOver.get(), "")));
    }

    /** This failure leaves nobody else to ask. */
    NoAnswerException noAnswer(int attempts, LlmException why, Target target) {
        return noAnswer(attempts, new NoAnswer(why, target.provider().name()));
    }

    private NoAnswerException noAnswer(int attempts, NoAnswer none) {
        // A single reason is the failure itself.
        String tried = words.size() > 1 ? String.join("; ", words) : "";
        return new NoAnswerException(none.why.failure(), none.provider, attempts, tried, none.why);
    }
}
