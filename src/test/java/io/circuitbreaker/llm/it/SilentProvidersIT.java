package io.circuitbreaker.llm.it;

import static io.circuitbreaker.llm.it.FaultyReplies.TEXT;
import static io.circuitbreaker.llm.it.FaultyReplies.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The scenarios of the README's table in which a provider is silent for longer than its limit, here of one second.
 * Those who want a stream wait side by side, and then those who want a whole answer.
 */
class SilentProvidersIT extends PatientRouter {

    private static final String LATE = "no first token in time (first_token deadline)";

    /** A way with what came of it. */
    private record Outcome(Way way, Trial trial, Future<Told> pending) {

        Told told() {
            return pending.resultNow();
        }
    }

    private interface Check {
        void of(Outcome outcome);
    }

    /** So that the limits are for providers, not for a server that has just started. */
    @BeforeEach
    void warmUp() {
        Way.alone().forEach(way -> Trial.of(way).settle());
    }

    private static void check(Supplier<Stream<Way>> ways, Function<Wire, FakeReply> first, Check check) {
        check(ways, way -> Trial.of(way, first.apply(way.first().wire())), Trial::ask, check);
    }

    /** Asks in all ways: first for streams, then for whole answers. */
    private static void check(Supplier<Stream<Way>> ways, Function<Way, Trial> trials, Function<Trial, Told> asking,
                              Check check) {
        checkAtOnce(ways.get().filter(Way::streaming).toList(), trials, asking, check);
        // Not at the same time: the models of a route are those of the same route before.
        checkAtOnce(ways.get().filter(way -> !way.streaming()).toList(), trials, asking, check);
    }

    private static void checkAtOnce(List<Way> ways, Function<Way, Trial> trials, Function<Trial, Told> asking,
                                    Check check) {
        List<Outcome> outcomes = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Way way : ways) {
                Trial trial = trials.apply(way);
                outcomes.add(new Outcome(way, trial, clients.submit(() -> asking.apply(trial))));
            }
        }
        for (Outcome outcome : outcomes) {
            try {
                check.of(outcome);
            } catch (AssertionError e) {
                throw new AssertionError(outcome.way() + ": " + e.getMessage(), e);
            } finally {
                outcome.trial().settle();
            }
        }
    }

    private static void movesOn(Outcome outcome) {
        Trial trial = outcome.trial();
        outcome.told().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 2)
                .assertReason(trial.first() + ": " + LATE);
        trial.assertAsked(1, 1);
    }

    private static void isLate(Outcome outcome) {
        outcome.told().assertRefused(504, "first_token_timeout", 1).assertReason("");
        outcome.trial().assertAsked(1);
    }

    private static FakeReply lateFirstToken(Wire wire) {
        return FakeReply.sse().send(wire.beginning()).delay(Duration.ofSeconds(20)).send(wire.token("late"))
                .send(wire.ending());
    }

    private static FakeReply stalls(Wire wire) {
        return wire.said(tokens(0, 20)).delay(Duration.ofSeconds(30)).send(wire.token("late")).send(wire.ending());
    }

    @Test
    @DisplayName("6, T14: who does not respond at all is left when its first token is late, and the next one answers")
    void noResponse() {
        check(Way::ofTwo, _ -> FakeReply.sse().neverAnswer(), SilentProvidersIT::movesOn);
    }

    @Test
    @DisplayName("6, T14: with nobody else the deadline is told, and nothing is asked again")
    void noResponseAlone() {
        check(Way::alone, _ -> FakeReply.sse().neverAnswer(), SilentProvidersIT::isLate);
    }

    @Test
    @DisplayName("7, T13 T17: a stream that begins without a token is left as one that does not begin")
    void lateFirstToken() {
        check(Way::ofTwo, SilentProvidersIT::lateFirstToken, SilentProvidersIT::movesOn);
    }

    @Test
    @DisplayName("7, T13: with nobody else the deadline is told")
    void lateFirstTokenAlone() {
        check(Way::alone, SilentProvidersIT::lateFirstToken, SilentProvidersIT::isLate);
    }

    @Test
    @DisplayName("9, T12 T25: what stalls mid-stream is told as broken, and nobody else is asked")
    void stallMidStream() {
        check(Way::ofTwo, SilentProvidersIT::stalls, outcome -> {
            outcome.told().assertBrokeOff(String.join("", tokens(0, 20)), 504, "idle_timeout")
                    .assertFrom(outcome.trial().first(), 1).assertReason("");
            outcome.trial().assertAsked(1, 0);
        });
    }

    @Test
    @DisplayName("9, T19: what stalls mid-stream is gone on with, if the request wishes so")
    void stallMidStreamIsGoneOnWith() {
        check(Way::ofTwo, SilentProvidersIT::stallingBeforeTheRest, Trial::askToContinue, outcome -> {
            outcome.told().assertWhole(TEXT, "stop").assertFrom(outcome.trial().first(), 1);
            assertThat(outcome.told().usage().getInt("completion_tokens")).isEqualTo(60);
            outcome.trial().assertAsked(1, 1);
        });
    }

    private static Trial stallingBeforeTheRest(Way way) {
        FakeReply rest = way.next().wire().answer(tokens(20, 60));
        return Trial.with(way, stalls(way.first().wire()), _ -> rest);
    }
}
