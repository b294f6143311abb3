package io.circuitbreaker.llm.it;

import static io.circuitbreaker.llm.it.FaultyReplies.ANSWER;
import static io.circuitbreaker.llm.it.FaultyReplies.TEXT;
import static io.circuitbreaker.llm.it.FaultyReplies.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios of the README's table that need no waiting, by their numbers there: for each pair of languages, for
 * streams and whole answers, for fallbacks that the request names and for those of a route.
 */
class FaultScenariosIT extends PatientRouter {

    private static final String TWO = "io.circuitbreaker.llm.it.Way#ofTwo";
    private static final String ALONE = "io.circuitbreaker.llm.it.Way#alone";

    private Optional<Trial> trial = Optional.empty();

    @AfterEach
    void settle() {
        trial.ifPresent(Trial::settle);
    }

    private Trial trial(Way way, FakeReply... first) {
        Trial made = Trial.of(way, first);
        trial = Optional.of(made);
        return made;
    }

    private static FakeReply answer(Way way) {
        return way.first().wire().answer(ANSWER);
    }

    private static FakeReply refusal(Way way, int status) {
        return way.first().wire().refusal(status, "not now");
    }

    /** The next one answers, and the first was asked so often before. */
    private static void assertMovesOn(Trial trial, int askedFirst, String why) {
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), askedFirst + 1)
                .assertReason(trial.first() + ": " + why);
        trial.assertAsked(askedFirst, 1);
    }

    /** The first one answers at its second try, after a wait. */
    private static void assertAskedAgain(Trial trial, String why) {
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.first(), 2).assertReason(trial.first() + ": " + why);
        trial.assertAsked(2);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("1, T18: after one 429 the next one is asked at once, and the first is passed over as long as it said")
    void oneRateLimit(Way way) {
        Trial trial = trial(way, refusal(way, 429).header("retry-after", "30"), answer(way));
        assertMovesOn(trial, 1, "rate limited");
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 1)
                .assertReason(trial.first() + ": passed over, was rate limited");
        trial.assertAsked(1, 2);
    }

    @ParameterizedTest
    @MethodSource(ALONE)
    @DisplayName("1: with nobody else, one 429 is waited out as long as its provider says, in its way of saying it")
    void oneRateLimitAlone(Way way) {
        Trial trial = trial(way, FaultyReplies.busyForAMoment(way.first().wire()), answer(way));
        assertAskedAgain(trial, "rate limited");
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("2: a lasting 429 without a time is found by each request, once, and the next one answers")
    void lastingRateLimit(Way way) {
        Trial trial = trial(way, refusal(way, 429));
        assertMovesOn(trial, 1, "rate limited");
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 2);
        trial.assertAsked(2, 2);
    }

    @ParameterizedTest
    @MethodSource(ALONE)
    @DisplayName("2, T22: with nobody else a lasting 429 is waited for once; if that would take too long, not at all")
    void lastingRateLimitAlone(Way way) {
        Trial trial = trial(way, refusal(way, 429).header("retry-after-ms", "50"));
        assertThat(trial.ask().assertRefused(429, "rate_limit_exceeded", 2).header("retry-after")).isEqualTo("1");
        trial.assertAsked(2);

        Trial tooLong = trial(way, refusal(way, 429).header("retry-after", "30"));
        assertThat(tooLong.ask().assertRefused(429, "rate_limit_exceeded", 1).header("retry-after")).isEqualTo("30");
        tooLong.assertAsked(1);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("3: after one 500 the next one is asked at once; the following request asks the first again")
    void oneFailure(Way way) {
        Trial trial = trial(way, refusal(way, 500), answer(way));
        assertMovesOn(trial, 1, "failed");
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.first(), 1).assertReason("");
        trial.assertAsked(2, 1);
    }

    @ParameterizedTest
    @MethodSource(ALONE)
    @DisplayName("3: with nobody else the one who failed is asked once more, after a moment")
    void oneFailureAlone(Way way) {
        assertAskedAgain(trial(way, refusal(way, 500), answer(way)), "failed");
        Trial lasting = trial(way, refusal(way, 500));
        lasting.ask().assertRefused(502, "provider_error", 2);
        lasting.assertAsked(2);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("4, T22: of a lasting 503 each request sees one, and the next one answers at once")
    void lastingOverload(Way way) {
        assertMovesOn(trial(way, refusal(way, 503)), 1, "overloaded");
    }

    @ParameterizedTest
    @MethodSource(ALONE)
    @DisplayName("4, T22: with nobody else a lasting 503 is asked three times; not again if it names a long time")
    void lastingOverloadAlone(Way way) {
        Trial silent = trial(way, refusal(way, 503));
        silent.ask().assertRefused(503, "provider_overloaded", 3);
        silent.assertAsked(3);

        Trial told = trial(way, refusal(way, 503).header("retry-after", "30"));
        assertThat(told.ask().assertRefused(503, "provider_overloaded", 1).header("retry-after")).isEqualTo("30");
        told.assertAsked(1);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("5, T46: a connection that is reset may have been an old one: replaced once, then the next is asked")
    void resetBeforeTheHead(Way way) {
        Trial once = trial(way, FakeReply.sse().resetBeforeHead(), answer(way));
        once.ask().assertWhole(TEXT, "stop", 60).assertFrom(once.first(), 1).assertReason("");
        once.assertAsked(2, 0);

        assertMovesOn(trial(way, FakeReply.sse().resetBeforeHead()), 2, "unreachable");
    }

    @ParameterizedTest
    @MethodSource(ALONE)
    @DisplayName("5: with nobody else a reset is asked three times in all")
    void resetBeforeTheHeadAlone(Way way) {
        Trial trial = trial(way, FakeReply.sse().resetBeforeHead());
        trial.ask().assertRefused(502, "provider_unreachable", 3);
        trial.assertAsked(3);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("8, T25 T26: what is cut after 40 of 60 tokens is told as broken, and nobody else is asked")
    void cutMidStream(Way way) {
        Trial trial = trial(way, way.first().wire().said(tokens(0, 40)).cut());
        trial.ask().assertBrokeOff(String.join("", tokens(0, 40)), 502, "stream_closed_early")
                .assertFrom(trial.first(), 1).assertReason("");
        trial.assertAsked(1, 0);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("10: a malformed chunk is left out, and no token with it")
    void malformedChunk(Way way) {
        Trial trial = trial(way, FaultyReplies.malformedBetween(way.first().wire(), tokens(0, 30), tokens(30, 60)));
        trial.ask().assertWhole(TEXT, "stop", 2).assertFrom(trial.first(), 1).assertReason("");
        trial.assertAsked(1, 0);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("10: one who sends nothing but malformed chunks has not begun, and the next one is asked")
    void nothingButMalformedChunks(Way way) {
        assertMovesOn(trial(way, FaultyReplies.nothingButMalformed()), 1, "malformed answer");
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("11, T31: a finish reason is an end, also without the marker after it; without both it is none")
    void noEndMarker(Way way) {
        Trial finished = trial(way, FaultyReplies.withoutEndMarker(way.first().wire(), ANSWER));
        finished.ask().assertWhole(TEXT, "stop", 2).assertFrom(finished.first(), 1);
        finished.assertAsked(1, 0);

        Trial unfinished = trial(way, way.first().wire().said(ANSWER));
        unfinished.ask().assertBrokeOff(TEXT, 502, "stream_closed_early").assertFrom(unfinished.first(), 1);
        unfinished.assertAsked(1, 0);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("12: a prompt that is too long is one request, to nobody else")
    void contextLength(Way way) {
        Trial trial = trial(way, FaultyReplies.tooLong(way.first().wire()));
        trial.ask().assertRefused(400, "context_length_exceeded", 1).assertReason("");
        trial.assertAsked(1, 0);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("13: what a content filter refused, nobody else is asked")
    void contentFilter(Way way) {
        Trial prompt = trial(way, FaultyReplies.filteredPrompt(way.first().wire()));
        Told told = prompt.ask().assertReason("");
        if (way.first().wire() == Wire.GOOGLE) {
            told.assertWhole("", "content_filter", 0);
        } else {
            told.assertRefused(400, "content_filter", 1);
        }
        prompt.assertAsked(1, 0);

        Trial answer = trial(way, FaultyReplies.filteredAnswer(way.first().wire(), "so", " far"));
        answer.ask().assertWhole("so far", "content_filter", 2).assertFrom(answer.first(), 1);
        answer.assertAsked(1, 0);
    }
}
