package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long each target takes to its first token: an average in which a measurement counts less with each later one, and
 * half as much with each minute. After five minutes without a new one nothing is known any more, so that who was slow
 * once gets another chance. Measured on real requests only; those that were cancelled say nothing. Thread-safe.
 */
final class FirstTokenTimes {

    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(5);
    /** A failure counts as a slow answer, or who refuses within a millisecond would be the fastest of all. */
    static final Duration FAILURE = Duration.ofSeconds(30);

    private static final double HALF_LIFE_IN_NANOS = Duration.ofMinutes(1).toNanos();
    private static final double SHARE_OF_OLD = 0.7;

    private record Average(double nanos, long at) {
    }

    private final LongSupplier nanoTime;
    // with failures as slow answers, for who is to be preferred
    private final RecentMap<Average> rank = new RecentMap<>();
    // without, for who is to be left out
    private final RecentMap<Average> answers = new RecentMap<>();

    FirstTokenTimes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void measured(Target target, Duration time) {
        add(rank, target, time);
        add(answers, target, time);
    }

    /** @param time for which there was no token: that it would have come later is all that is known of a first token */
    void failed(Target target, Duration time) {
        add(rank, target, time.compareTo(FAILURE) > 0 ? time : FAILURE);
        if (time.compareTo(ofAnswers(target).orElse(Duration.ZERO)) > 0) {
            add(answers, target, time);
        }
    }

    private void add(RecentMap<Average> averages, Target target, Duration time) {
        long now = nanoTime.getAsLong();
        // Two at once may lose one measurement of many, which does not matter.
        double average = known(averages, target, now).map(old -> {
            double share = SHARE_OF_OLD * Math.pow(0.5, (now - old.at) / HALF_LIFE_IN_NANOS);
            return old.nanos * share + time.toNanos() * (1 - share);
        }).orElse((double) time.toNanos());
        averages.put(target, new Average(average, now));
    }

    /** Its rank among others. Empty if nothing is known. */
    Optional<Duration> of(Target target) {
        return of(rank, target);
    }

    /** How long it took where it answered. Empty if nothing is known. */
    Optional<Duration> ofAnswers(Target target) {
        return of(answers, target);
    }

    private Optional<Duration> of(RecentMap<Average> averages, Target target) {
        return known(averages, target, nanoTime.getAsLong()).map(average -> Duration.ofNanos((long) average.nanos));
    }

    private static Optional<Average> known(RecentMap<Average> averages, Target target, long now) {
        return averages.get(target).filter(average -> now - average.at < FORGOTTEN_AFTER.toNanos());
    }
}
