package io.circuitbreaker.llm.routing;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Who has asked to be left alone for a while, which all requests respect that have somebody else to ask. Thread-safe. */
final class Pauses {

    /** What a provider asks for beyond that is not waited for: one request finds out whether it still holds. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    /** @param why in words for a header */
    record Pause(long until, String why) {
    }

    private final LongSupplier nanoTime;
    private final RecentMap<Pause> pauses = new RecentMap<>();

    Pauses(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void begin(Target target, Duration time, String why) {
        Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
        pauses.put(target, new Pause(nanoTime.getAsLong() + bounded.toNanos(), why));
    }

    void end(Target target) {
        pauses.remove(target);
    }

    /** Of one provider, by model. */
    Map<String, Pause> models(String provider) {
        Map<String, Pause> paused = pauses.of(provider);
        paused.values().removeIf(pause -> pause.until - nanoTime.getAsLong() <= 0);
        return paused;
    }

    /** Empty if it may be asked. */
    Optional<Pause> of(Target target) {
        return pauses.get(target).filter(pause -> pause.until - nanoTime.getAsLong() > 0);
    }
}
