package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompilerActivityTest {

    private static final Duration WINDOW = CompilerActivity.WINDOW;

    // The clock may wrap around.
    private long now = Long.MAX_VALUE - 1;
    private long compiled = 7_000;
    private final CompilerActivity activity = new CompilerActivity(() -> now, () -> compiled);

    /** A window of which the compiler was busy for so many percent. */
    private void pass(int percent) {
        now += WINDOW.toNanos();
        compiled += WINDOW.toMillis() * percent / 100;
    }

    @Test
    void itRestsAfterAWindowWithLittleToDo() {
        assertThat(activity.isAtRest()).as("nothing is known yet").isFalse();
        pass(120);
        assertThat(activity.isAtRest()).isFalse();
        pass(11);
        assertThat(activity.isAtRest()).isFalse();
        pass(9);
        assertThat(activity.isAtRest()).isTrue();
        assertThat(activity.isAtRest()).as("until the next window is over").isTrue();
        pass(50);
        assertThat(activity.isAtRest()).isFalse();
    }

    @Test
    void aTimeInWhichNothingWasCalledSaysNothing() {
        pass(0);
        activity.restart();
        assertThat(activity.isAtRest()).isFalse();
        now += WINDOW.toNanos() - 1;
        assertThat(activity.isAtRest()).isFalse();
        now++;
        assertThat(activity.isAtRest()).isTrue();
        activity.restart();
        assertThat(activity.isAtRest()).isFalse();
    }
}
