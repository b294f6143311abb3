package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.MapConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryStreamStoreTest {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private long now = 11;
    private final StreamingManager manager = new StreamingManager(StreamingConfig.load(MapConfig.of(
            "llm.streaming.replay-retention", "PT1M", "llm.streaming.replay-store-size", "10")), () -> now);
    private final MemoryStreamStore store = new MemoryStreamStore(manager, () -> now);
    private final List<Failure> cancelled = new ArrayList<>();

    private LiveStream open(String id, int second) {
        return store.open(new StreamInfo(id, StreamOwner.of(""), "m", Instant.ofEpochSecond(second), Optional.empty()),
                GRACE, cancelled::add);
    }

    private boolean isKept(String id) {
        return store.find(id).isPresent();
    }

    @Test
    void whatHasEndedIsKeptForItsRetentionAfterTheLastReader() {
        LiveStream stream = open("a", 1);
        Reading reading = stream.read();
        stream.end(StreamState.COMPLETE);
        now += Duration.ofMinutes(2).toNanos();
        store.sweep();
        assertThat(isKept("a")).as("while it is read").isTrue();
        reading.close();
        now += Duration.ofMinutes(1).toNanos() - 1;
        store.sweep();
        assertThat(isKept("a")).isTrue();
        now++;
        store.sweep();
        assertThat(isKept("a")).isFalse();
    }

    @Test
    void theOldestThatHaveEndedGoWhenAllAreTooLarge() {
        LiveStream running = open("running", 0);
        running.append("more than all that may be kept of others");
        for (int i = 1; i <= 3; i++) {
            LiveStream ended = open("ended" + i, i);
            ended.append("12345");
            ended.end(StreamState.COMPLETE);
        }
        store.sweep();
        assertThat(isKept("running")).isTrue();
        assertThat(isKept("ended1")).isFalse();
        assertThat(isKept("ended2")).isTrue();
        assertThat(isKept("ended3")).isTrue();
    }

    @Test
    void whatNobodyReadsIsCancelledAfterItsGrace() {
        open("a", 1);
        now += GRACE.toNanos();
        store.sweep();
        assertThat(cancelled).hasSize(1);
        assertThat(isKept("a")).as("until what makes it has ended it").isTrue();
    }
}
