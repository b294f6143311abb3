package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HealthTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Failure BROKEN = new Failure.ClosedEarly("m");
    private static final Offset<Double> CLOSE = within(1e-9);

    private final StubRemote provider = new StubRemote("a");
    private final Target target = new Target(provider, "m");
    private long now = Long.MAX_VALUE - 3;
    private final Health health = new Health(() -> now);
    private final Pauses pauses = new Pauses(() -> now);
    private final Statuses statuses = new Statuses(List.of(provider), health, pauses, () -> now);

    /** An answer of one chunk, with this end. */
    private static final class OneChunk implements ChunkStream {

        private final Optional<Failure> end;
        private int advanced;
        private boolean closed;

        OneChunk(Optional<Failure> end) {
            this.end = end;
        }

        @Override
        public StreamHead head() {
            return new StreamHead("chatcmpl-1", 0, "m", "a");
        }

        @Override
        public List<String> droppedParams() {
            return List.of("seed");
        }

        @Override
        public boolean advance() {
            advanced++;
            if (advanced > 1) {
                end.ifPresent(why -> {
                    throw new LlmException(why);
                });
            }
            return advanced == 1;
        }

        @Override
        public boolean hasNext() {
            return advanced > 0;
        }

        @Override
        public StreamingChunk chunk() {
            throw new IllegalStateException("chunk " + advanced);
        }

        @Override
        public void adopt() {
            // Any thread may read it.
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private ChunkStream answers(Duration firstToken) {
        return health.watched(new OneChunk(Optional.empty()), target, firstToken);
    }

    private void ends(Optional<Failure> end) {
        ChunkStream stream = health.watched(new OneChunk(end), target, SECOND);
        read(stream, end);
    }

    private static void read(ChunkStream stream, Optional<Failure> end) {
        assertThat(stream.advance()).isTrue();
        if (end.isPresent()) {
            assertThatThrownBy(stream::advance).isInstanceOf(LlmException.class);
        } else {
            assertThat(stream.advance()).isFalse();
        }
        stream.close();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private ProviderStatus status() {
        return statuses.all().getFirst();
    }

    private double errorRate() {
        return status().standing().errorRate().orElseThrow();
    }

    /** Each failure, and whether the provider is to blame. */
    static Stream<Arguments> failures() {
        Optional<Duration> none = Optional.empty();
        return Stream.of(
                Arguments.of(new Failure.Unreachable("m"), true), Arguments.of(new Failure.Overloaded("m", none), true),
                Arguments.of(new Failure.RateLimited("m", none), true),
                Arguments.of(Failure.ProviderFailed.of("m"), true),
                Arguments.of(BROKEN, true), Arguments.of(new Failure.Malformed("m"), true),
                Arguments.of(new Failure.DeadlineExceeded("m", Deadline.IDLE), true),
                Arguments.of(new Failure.QuotaExhausted("m"), true), Arguments.of(new Failure.ProviderAuth("m"), true),
                Arguments.of(new Failure.PermissionDenied("m"), true),
                Arguments.of(Failure.InvalidRequest.of("p", "m"), false),
                Arguments.of(new Failure.TooLarge("m"), false),
                Arguments.of(new Failure.ContentFiltered("m"), false),
                Arguments.of(new Failure.Expired("m"), false),
                Arguments.of(new Failure.Unavailable("m", "c"), false),
                Arguments.of(new Failure.Unauthenticated("m"), false),
                Arguments.of(new Failure.NotFound("m", "c"), false),
                Arguments.of(new Failure.LimitReached("m", "k", none), false),
                Arguments.of(new Failure.ClientGone("m"), false), Arguments.of(new Failure.Cancelled("m"), false),
                Arguments.of(new Failure.SlowClient("m"), false),
                Arguments.of(new Failure.Internal("m"), false));
    }

    @Test
    void theTableHasEveryFailure() {
        assertThat(failures().map(row -> row.get()[0].getClass().getName()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Failure.class.getPermittedSubclasses()).map(Class::getName).toList());
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("T06: cancels, clients' mistakes and our own limits are neutral, before the first token and after it")
    void whatIsNotTheProvidersFaultIsNeutral(Failure failure, boolean counts) {
        health.failed(target, failure);
        assertThat(status().standing().recentRequests()).isEqualTo(counts ? 1 : 0);
        assertThat(status().standing().lastFailure().map(Standing.LastFailure::kind))
                .isEqualTo(counts ? Optional.of(failure.kind()) : Optional.empty());
        pass(Duration.ofMinutes(10));

        ends(Optional.of(failure));
        assertThat(errorRate()).isEqualTo(counts ? 1 : 0, within(0.001));
        assertThat(status().standing().recentRequests()).isEqualTo(1, within(0.001));
    }

    @Test
    void aStreamThatItsReaderClosesIsNoFailure() {
        OneChunk stream = new OneChunk(Optional.of(BROKEN));
        ChunkStream watched = health.watched(stream, target, SECOND);
        assertThat(watched.advance()).isTrue();
        watched.close();
        assertThat(stream.closed).isTrue();
        assertThat(errorRate()).isZero();
    }

    @Test
    void theStreamIsHandedOnAsItIs() {
        ChunkStream stream = answers(SECOND);
        assertThat(stream.head().id()).isEqualTo("chatcmpl-1");
        assertThat(stream.droppedParams()).containsExactly("seed");
        assertThat(stream.hasNext()).isFalse();
        stream.advance();
        assertThat(stream.hasNext()).isTrue();
        assertThatThrownBy(stream::chunk).hasMessage("chunk 1");
    }

    @Test
    void theErrorRateIsTheShareOfFailedRequests() {
        assertThat(status().standing().errorRate()).isEmpty();
        ends(Optional.empty());
        ends(Optional.empty());
        ends(Optional.of(BROKEN));
        health.failed(target, new Failure.Unreachable("m"));
        assertThat(errorRate()).isEqualTo(0.5, CLOSE);
        assertThat(status().standing().recentRequests()).isEqualTo(4, CLOSE);
        assertThat(status().standing().lastFailure())
                .contains(new Standing.LastFailure("unreachable", Duration.ZERO));
    }

    @Test
    void aRequestCountsHalfAsMuchWithEachMinute() {
        for (int i = 0; i < 4; i++) {
            health.failed(target, BROKEN);
        }
        pass(MINUTE.multipliedBy(2));
        ends(Optional.empty());
        assertThat(status().standing().recentRequests()).isEqualTo(2, CLOSE);
        assertThat(errorRate()).isEqualTo(0.5, CLOSE);
        pass(MINUTE);
        assertThat(status().standing().recentRequests()).isEqualTo(1, CLOSE);
        assertThat(errorRate()).as("time alone changes no share").isEqualTo(0.5, CLOSE);
    }

    @Test
    void whatWasNotHeardOfForFiveMinutesIsForgottenButNotWhenItFailed() {
        health.failed(target, BROKEN);
        pass(MINUTE.multipliedBy(5));
        Standing standing = status().standing();
        assertThat(standing.errorRate()).isEmpty();
        assertThat(standing.recentRequests()).isZero();
        assertThat(standing.lastFailure()).contains(new Standing.LastFailure("closed_early", MINUTE.multipliedBy(5)));
    }

    @Test
    void aStreamIsOneRequestHoweverLongItTakes() {
        ChunkStream good = answers(SECOND);
        ChunkStream bad = health.watched(new OneChunk(Optional.of(BROKEN)), target, SECOND);
        assertThat(errorRate()).isZero();
        assertThat(status().standing().recentRequests()).isEqualTo(2, CLOSE);
        pass(MINUTE.multipliedBy(3));
        read(good, Optional.empty());
        read(bad, Optional.of(BROKEN));
        assertThat(status().standing().recentRequests()).isEqualTo(2, CLOSE);
        assertThat(errorRate()).isEqualTo(0.5, CLOSE);
    }

    @Test
    void theTimeToTheFirstTokenIsThatOfThoseWhoHadOne() {
        answers(Duration.ofMillis(100));
        answers(Duration.ofMillis(300));
        health.failed(target, BROKEN);
        assertThat(status().standing().firstToken()).contains(Duration.ofMillis(200));
    }

    @Test
    void modelsAreToldApartAndAddUp() {
        health.failed(target, BROKEN);
        health.failed(new Target(new StubRemote("other"), "m"), BROKEN);
        pass(MINUTE);
        health.watched(new OneChunk(Optional.empty()), new Target(provider, "n/o"), SECOND);
        ProviderStatus status = status();
        assertThat(status.models()).extracting(ModelStatus::model).containsExactly("m", "n/o");
        assertThat(status.models()).extracting(model -> model.standing().errorRate().orElseThrow())
                .containsExactly(1.0, 0.0);
        assertThat(status.standing().recentRequests()).isEqualTo(1.5, CLOSE);
        assertThat(errorRate()).isEqualTo(1.0 / 3, CLOSE);
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
