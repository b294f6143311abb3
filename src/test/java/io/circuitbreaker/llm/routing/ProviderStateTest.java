package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.OneChunk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProviderStateTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Failure BROKEN = new Failure.ClosedEarly("m");

    private final StubRemote provider = new StubRemote("a");
    private final Target target = new Target(provider, "m");
    private long now = Long.MAX_VALUE - 3;
    private final Health health = new Health(() -> now);
    private final Pauses pauses = new Pauses(() -> now);
    private final Statuses statuses = new Statuses(List.of(provider), health, pauses, () -> now);

    private ChunkStream answers(Duration firstToken) {
        return health.watched(new OneChunk(Optional.empty()), target, firstToken);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private ProviderStatus status() {
        return statuses.all().getFirst();
    }

    @Test
    void halfOfAtLeastFiveFailuresDegradeForHalfAMinuteAfterTheLast() {
        assertThat(status().state()).as("who had no traffic").isEqualTo(ProviderState.UP);
        for (int i = 0; i < 4; i++) {
            health.failed(target, BROKEN);
        }
        assertThat(status().state()).isEqualTo(ProviderState.UP);
        health.failed(target, BROKEN);
        pass(SECOND.multipliedBy(5));
        assertThat(status().state()).isEqualTo(ProviderState.DEGRADED);
        assertThat(status().why()).isEqualTo("100 % of its requests failed lately");
        assertThat(status().until()).contains(SECOND.multipliedBy(25));

        for (int i = 0; i < 100; i++) {
            health.failed(target, BROKEN);
        }
        pass(SECOND.multipliedBy(30).minusNanos(1));
        assertThat(status().state()).isEqualTo(ProviderState.DEGRADED);
        pass(Duration.ofNanos(1));
        assertThat(status().state()).as("however many there were").isEqualTo(ProviderState.UP);
        health.failed(target, BROKEN);
        assertThat(status().state()).as("it has not recovered").isEqualTo(ProviderState.DEGRADED);
    }

    @Test
    void answersEndADegradation() {
        for (int i = 0; i < 5; i++) {
            health.failed(target, BROKEN);
        }
        for (int i = 0; i < 6; i++) {
            answers(SECOND);
        }
        assertThat(status().state()).isEqualTo(ProviderState.UP);
        assertThat(status().why()).isEmpty();
    }

    @Test
    void aBreakerThatWasSeenOpenCountsForItsDelayOrUntilAnAnswer() {
        health.breakerOpen(target);
        pass(SECOND.multipliedBy(4));
        assertThat(status().state()).isEqualTo(ProviderState.BREAKER_OPEN);
        assertThat(status().why()).isEqualTo("its circuit breaker was seen open 4000 ms ago");
        assertThat(status().until()).contains(SECOND.multipliedBy(6));
        pass(SECOND.multipliedBy(6));
        assertThat(status().state()).isEqualTo(ProviderState.UP);

        health.breakerOpen(target);
        answers(SECOND);
        assertThat(status().state()).isEqualTo(ProviderState.UP);
    }

    @Test
    void aProviderIsPausedIfAllItsModelsAre() {
        pauses.begin(target, SECOND.multipliedBy(30), "rate limited");
        pauses.begin(new Target(provider, "n"), SECOND.multipliedBy(20), "overloaded");
        assertThat(status().state()).isEqualTo(ProviderState.PAUSED);
        assertThat(status().state().isUsable()).isTrue();
        assertThat(status().why()).isEqualTo("overloaded");
        assertThat(status().until()).contains(SECOND.multipliedBy(20));
        pass(SECOND.multipliedBy(20));
        assertThat(status().models()).extracting(ModelStatus::model).containsExactly("m");
        health.watched(new OneChunk(Optional.empty()), new Target(provider, "n"), SECOND);
        assertThat(status().state()).isEqualTo(ProviderState.UP);
        assertThat(status().models().getFirst().pause())
                .contains(new ModelStatus.Pause(SECOND.multipliedBy(10), "rate limited"));
    }

    @Test
    void aModelThatWasAskedLongAgoDoesNotCount() {
        answers(SECOND);
        pass(FirstTokenTimes.FORGOTTEN_AFTER);
        pauses.begin(new Target(provider, "n"), SECOND, "rate limited");
        assertThat(status().state()).isEqualTo(ProviderState.PAUSED);
        assertThat(status().models()).extracting(ModelStatus::model).containsExactly("n");
    }

    @Test
    void aProviderIsFullAtItsLimit() {
        provider.activeStreams = 2;
        assertThat(status().state()).isEqualTo(ProviderState.UP);
        provider.activeStreams = 3;
        assertThat(status().state()).isEqualTo(ProviderState.FULL);
        assertThat(status().why()).isEqualTo("it has its limit of 3 streams");
        assertThat(status().state().isUsable()).isFalse();
    }

    @Test
    void aFailedProbeDegradesUntilOneSucceeds() {
        health.probed("a", Optional.of("it answered with status 503"));
        pass(Duration.ofHours(1));
        assertThat(status().state()).isEqualTo(ProviderState.DEGRADED);
        assertThat(status().why()).isEqualTo("its last probe failed: it answered with status 503");
        health.probed("a", Optional.empty());
        assertThat(status().state()).isEqualTo(ProviderState.UP);
        assertThat(status().probe()).contains(new ProviderStatus.Probe(Optional.empty(), Duration.ZERO));
    }
}
