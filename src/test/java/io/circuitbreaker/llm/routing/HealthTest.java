package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.testing.OneChunk;
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
        assertThat(stream.isClosed()).isTrue();
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
}
