package io.circuitbreaker.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TacticsTest {

    private static final Tactics ROUTE = new Tactics(Optional.of(Duration.ofSeconds(1)), OptionalInt.of(2),
            OptionalInt.of(3), Optional.of(Recovery.CONTINUE));

    @Test
    void whatIsAbsentIsAsTheOthersSay() {
        assertThat(Tactics.NONE.orElse(ROUTE)).isEqualTo(ROUTE);
        Tactics wish = new Tactics(Optional.empty(), OptionalInt.of(1), OptionalInt.empty(), Optional.of(Recovery.NONE));
        assertThat(wish.orElse(ROUTE)).isEqualTo(new Tactics(Optional.of(Duration.ofSeconds(1)), OptionalInt.of(1),
                OptionalInt.of(3), Optional.of(Recovery.NONE)));
    }

    @Test
    void nobodyAsksMoreAtOnceThanHelps() {
        assertThatThrownBy(() -> new Tactics(Optional.empty(), OptionalInt.of(9), OptionalInt.empty(), Optional.empty()))
                .hasMessage("race must be from 1 to 8, was 9");
    }

    @Test
    void whoWantsAllSideBySideGetsNoRaceOfOthersAndTheOtherWayRound() {
        Tactics sideBySide =
                new Tactics(Optional.empty(), OptionalInt.empty(), OptionalInt.of(2), Optional.empty());
        Tactics racing = new Tactics(Optional.empty(), OptionalInt.of(2), OptionalInt.empty(), Optional.empty());
        Tactics continuing =
                new Tactics(Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), Optional.of(Recovery.CONTINUE));
        assertThat(sideBySide.orElse(racing)).isEqualTo(sideBySide);
        assertThat(sideBySide.orElse(continuing)).isEqualTo(sideBySide);
        assertThat(racing.orElse(sideBySide)).isEqualTo(racing);
        assertThat(continuing.orElse(sideBySide)).isEqualTo(continuing);
        assertThat(Tactics.NONE.orElse(sideBySide).sideBySide()).isTrue();
        assertThat(racing.races()).isTrue();
        assertThat(sideBySide.races()).isFalse();
    }
}
