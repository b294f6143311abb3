package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.TextEvent;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingEventsTest {

    private static Optional<TextEvent> text(String data) {
        return data.startsWith("<") ? Optional.of(new TextEvent("<", data.substring(1, data.length() - 1), ">"))
                : Optional.empty();
    }

    private final WaitingEvents waiting = new WaitingEvents(2, 4, WaitingEventsTest::text);

    @Test
    void textsAreMergedUnderTheNumberOfTheLast() {
        assertThat(waiting.add(1, "<a>") && waiting.add(2, "<b>") && waiting.add(3, "<cd>")).isTrue();
        assertThat(waiting.poll()).isEqualTo(new WaitingEvents.Event(3, "<abcd>"));
        assertThat(waiting.isEmpty()).isTrue();
    }

    @Test
    void fullIsWhatHasNoRoomForOneMoreThatCannotBeMerged() {
        assertThat(waiting.add(1, "<abc>") && waiting.add(2, "<de>")).isTrue();
        assertThat(waiting.add(3, "<fgh>")).as("5 characters").isFalse();
        assertThat(waiting.add(3, "other")).isFalse();
        assertThat(waiting.add(3, "<fg>")).isTrue();
        assertThat(waiting.poll()).isEqualTo(new WaitingEvents.Event(1, "<abc>"));
        assertThat(waiting.add(4, "other")).isTrue();
        assertThat(waiting.poll()).isEqualTo(new WaitingEvents.Event(3, "<defg>"));
        assertThat(waiting.poll()).isEqualTo(new WaitingEvents.Event(4, "other"));
    }

    @Test
    void nothingIsMergedOverWhatIsNoText() {
        WaitingEvents many = new WaitingEvents(10, 100, WaitingEventsTest::text);
        assertThat(many.add(1, "<a>") && many.add(2, "tool") && many.add(3, "<b>")).isTrue();
        assertThat(many.poll().data() + many.poll().data() + many.poll().data()).isEqualTo("<a>tool<b>");
    }

    @Test
    void theirSizeIsBoundedToo() {
        WaitingEvents many = new WaitingEvents(10, 100, WaitingEventsTest::text);
        assertThat(many.add(1, "x".repeat(WaitingEvents.MOST_CHARACTERS))).isTrue();
        assertThat(many.add(2, "<a>")).isFalse();
        many.poll();
        assertThat(many.add(2, "<a>")).isTrue();
    }
}
