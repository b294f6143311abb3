package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Deadline;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTrialTest {

    /** What an attempt can end with, and when the breaker counts it. */
    enum End {

        UNREACHABLE(new Failure.Unreachable("m"), Counts.ALWAYS),
        OVERLOADED(new Failure.Overloaded("m", Optional.empty()), Counts.ALWAYS),
        PROVIDER_FAILED(new Failure.ProviderFailed("m", Optional.empty()), Counts.ALWAYS),
        CLOSED_EARLY(new Failure.ClosedEarly("m"), Counts.ALWAYS),
        MALFORMED(new Failure.Malformed("m"), Counts.ALWAYS),
        DEADLINE_EXCEEDED(new Failure.DeadlineExceeded("m", Deadline.FIRST_TOKEN), Counts.ALWAYS),
        // Nobody has learnt anything of the provider.
        LIMIT_REACHED(new Failure.LimitReached("m", "key", Optional.empty()), Counts.AS_TRIAL),
        CANCELLED(new Failure.Cancelled("m"), Counts.AS_TRIAL),
        CLIENT_GONE(new Failure.ClientGone("m"), Counts.AS_TRIAL),
        SLOW_CLIENT(new Failure.SlowClient("m"), Counts.AS_TRIAL),
        UNAVAILABLE(new Failure.Unavailable("m", "code"), Counts.AS_TRIAL),
        INTERNAL(new Failure.Internal("m"), Counts.AS_TRIAL),
        // It answers, whatever it says.
        RATE_LIMITED(new Failure.RateLimited("m", Optional.empty()), Counts.NEVER),
        QUOTA_EXHAUSTED(new Failure.QuotaExhausted("m"), Counts.NEVER),
        PROVIDER_AUTH(new Failure.ProviderAuth("m"), Counts.NEVER),
        PERMISSION_DENIED(new Failure.PermissionDenied("m"), Counts.NEVER),
        NOT_FOUND(new Failure.NotFound("m", "code"), Counts.NEVER),
        INVALID_REQUEST(Failure.InvalidRequest.of("p", "m"), Counts.NEVER),
        TOO_LARGE(new Failure.TooLarge("m"), Counts.NEVER),
        CONTENT_FILTERED(new Failure.ContentFiltered("m"), Counts.NEVER);

        enum Counts {
            ALWAYS,
            AS_TRIAL,
            NEVER
        }

        final Failure failure;
        final Counts counts;

        End(Failure failure, Counts counts) {
            this.failure = failure;
            this.counts = counts;
        }

        StubProvider upstream() {
            return StubProvider.does("p", () -> {
                throw Faults.exception(failure, false, null);
            });
        }
    }

    private final BreakerTrial trial = new BreakerTrial();

    private static ProviderCall call() {
        return TestUpstream.call();
    }

    private LlmException failed(End end) {
        return failed(end, call());
    }

    private LlmException failed(End end, ProviderCall call) {
        LlmException thrown = catchThrowableOfType(LlmException.class, () -> trial.open(end.upstream(), call));
        assertThat(thrown.failure()).isEqualTo(end.failure);
        return thrown;
    }

    /** Chosen as the annotations of the provider's bean choose. */
    private static boolean isCounted(LlmException thrown) {
        return isAny(thrown, open().getAnnotation(CircuitBreaker.class).failOn());
    }

    private static boolean isRepeated(LlmException thrown) {
        return isAny(thrown, open().getAnnotation(Retry.class).retryOn());
    }

    private static Method open() {
        try {
            return HttpProvider.class.getMethod("open", ProviderCall.class);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isAny(LlmException thrown, Class<? extends Throwable>[] types) {
        return Arrays.stream(types).anyMatch(type -> type.isInstance(thrown));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("While the breaker is closed it counts what the provider is to blame for, and nothing else")
    void counted(End end) {
        assertThat(isCounted(failed(end))).isEqualTo(end.counts == End.Counts.ALWAYS);
        assertThat(trial.begin()).as("the next is a trial").isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("The trial closes the breaker only if the provider has answered; if not, the next attempt is the trial")
    void countedAsTrial(End end) {
        trial.expect();
        boolean staysOpen = end.counts != End.Counts.NEVER;
        assertThat(isCounted(failed(end))).isEqualTo(staysOpen);
        assertThat(isCounted(failed(end))).as("the next, before anybody was refused")
                .isEqualTo(staysOpen);
        assertThat(trial.begin()).isEqualTo(staysOpen);
    }

    @Test
    @DisplayName("What never reached the provider is asked for again, until it was asked often enough or others wait")
    void repeated() {
        ProviderCall call = call();
        for (int attempt = 1; attempt < ProviderCall.MAX_ATTEMPTS; attempt++) {
            assertThat(isRepeated(failed(End.UNREACHABLE, call))).as("attempt " + attempt).isTrue();
        }
        assertCountedOnly(failed(End.UNREACHABLE, call));

        ProviderCall othersWait = call();
        othersWait.othersWait(true);
        assertCountedOnly(failed(End.UNREACHABLE, othersWait));
    }

    private static void assertCountedOnly(LlmException thrown) {
        assertThat(isCounted(thrown)).isTrue();
        assertThat(isRepeated(thrown)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "OVERLOADED", "PROVIDER_FAILED"}, mode = EnumSource.Mode.EXCLUDE)
    void nothingElseIsRepeatedTheTrialNeither(End end) {
        assertThat(isRepeated(failed(end))).isFalse();
        trial.expect();
        assertThat(isRepeated(failed(end))).isFalse();
    }

    @Test
    void afterATrialThatWasAnsweredNoneIs() {
        trial.expect();
        assertThat(trial.open(StubProvider.answers("p"), call())).isNotNull();
        assertThat(isCounted(failed(End.CANCELLED))).isFalse();
    }

    @Test
    void whileNobodyIsRefusedNoAttemptIsATrial() {
        assertThat(trial.begin()).isFalse();
    }

    @Test
    void theNextAttemptAfterARefusalIs() {
        trial.expect();
        trial.expect();
        assertThat(trial.begin()).isTrue();
        assertThat(trial.begin()).isFalse();
    }

    @Test
    void afterATrialThatPassedNoneIsWhoeverWasRefusedMeanwhile() {
        trial.expect();
        trial.begin();
        trial.expect();
        trial.passed();
        assertThat(trial.begin()).isFalse();
    }
}
