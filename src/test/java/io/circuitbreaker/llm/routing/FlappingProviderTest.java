package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.StubProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Scenario 15 of the README's table: a provider that is down for three seconds, up for three, and so on for a minute. */
class FlappingProviderTest {

    private static final Duration PHASE = Duration.ofSeconds(3);
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(100);
    private static final int REQUESTS = 600;
    private static final int DOWN_PHASES = 10;

    private final StubProvider other = StubProvider.answers("b");
    private TestRouter test;
    private boolean flaps = true;
    private int failures;

    private void flap(Failure failure) {
        if (flaps && test.nanoTime() / PHASE.toNanos() % 2 == 0) {
            failures++;
            throw new LlmException(failure);
        }
    }

    /** @return how many were answered by the one who flaps */
    private int aMinute() {
        int byFirst = 0;
        for (int i = 0; i < REQUESTS; i++) {
            RoutedStream answer = test.open("r");
            assertThat(answer.attempts()).as("request %d", i).isBetween(1, 2);
            byFirst += answer.provider().equals("a") ? 1 : 0;
            test.pass(BETWEEN_REQUESTS);
        }
        assertThat(test.waits).isEmpty();
        return byFirst;
    }

    @Test
    @DisplayName("15, T22: every request is answered at once; who names a time is asked once each time it is up")
    void aProviderThatNamesATime() {
        Duration pause = Duration.ofSeconds(2);
        Failure overloaded = new Failure.Overloaded("m", Optional.of(pause));
        StubProvider first = StubProvider.does("a", () -> flap(overloaded));
        test = TestRouter.over(first, other);

        int byFirst = aMinute();

        // Down at 0 s and asked at 0 s and 2 s; up at 3 s and asked from 4 s on.
        assertThat(failures).isEqualTo(2 * DOWN_PHASES);
        assertThat(byFirst).isEqualTo(20 * DOWN_PHASES);
        assertThat(first.timesAsked()).isEqualTo(failures + byFirst);
        assertThat(other.timesAsked()).isEqualTo(REQUESTS - byFirst);
        flaps = false;
        test.pass(pause);
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    @Test
    @DisplayName("15: every request is answered at once; the breaker bounds what a provider sees that says nothing")
    void aProviderWithABreaker() {
        Breaker breaker = new Breaker();
        StubProvider first = StubProvider.does("a", () -> breaker.run(() -> flap(Failure.ProviderFailed.of("m"))));
        test = TestRouter.over(first, other);

        int byFirst = aMinute();

        assertThat(failures).as("of the 300 requests while it was down").isBetween(20, REQUESTS / 8);
        assertThat(byFirst + other.timesAsked()).isEqualTo(REQUESTS);
        assertThat(byFirst).as("it is asked again when it is up").isGreaterThan(REQUESTS / 20);
        flaps = false;
        test.pass(Breaker.DELAY);
        assertThat(test.open("r").provider()).isEqualTo("a");
    }

    /** As the one on a provider is by its annotation, but with the test's time. */
    private final class Breaker {

        static final Duration DELAY = Duration.ofSeconds(10);
        private static final int WINDOW = 20;

        private final Deque<Boolean> failed = new ArrayDeque<>();
        private boolean open;
        private long openedAt;

        void run(Runnable attempt) {
            if (open && test.nanoTime() - openedAt < DELAY.toNanos()) {
                throw new CircuitBreakerOpenException("open");
            }
            try {
                attempt.run();
                record(false);
            } catch (LlmException e) {
                record(true);
                throw e;
            }
        }

        private void record(boolean failure) {
            if (open) {
                // The one that was let through decides.
                open = failure;
                openedAt = test.nanoTime();
                failed.clear();
                return;
            }
            failed.add(failure);
            if (failed.size() > WINDOW) {
                failed.remove();
            }
            long inWindow = failed.stream().filter(each -> each).count();
            if (failed.size() == WINDOW && inWindow * 2 >= WINDOW) {
                open = true;
                openedAt = test.nanoTime();
            }
        }
    }
}
