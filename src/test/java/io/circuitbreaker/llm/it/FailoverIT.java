package io.circuitbreaker.llm.it;

import static io.circuitbreaker.llm.it.FaultyReplies.ANSWER;
import static io.circuitbreaker.llm.it.FaultyReplies.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered by the next one and what is not, and who is passed over. */
@Timeout(60)
class FailoverIT extends PatientRouter {

    /** A reply in each language, with what comes of it. */
    private record Case(String name, Function<Wire, FakeReply> reply, String outcome) {

        static Case status(int status, String outcome) {
            return new Case(Integer.toString(status), wire -> wire.refusal(status, "no"), outcome);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Arguments> eachWay(Stream<Case> cases) {
        return cases.flatMap(each -> Way.ofTwoInEachForm().map(way -> Arguments.of(each, way)));
    }

    /** With the words for why. */
    static Stream<Arguments> movingOn() {
        return eachWay(Stream.of(Case.status(401, "refused our API key"), Case.status(403, "permission denied"),
                Case.status(404, "model not found"), Case.status(408, "failed"), Case.status(409, "failed"),
                Case.status(425, "rate limited"), Case.status(429, "rate limited"), Case.status(500, "failed"),
                Case.status(502, "failed"), Case.status(503, "overloaded"), Case.status(504, "failed"),
                Case.status(520, "failed"), Case.status(529, "overloaded"),
                new Case("no credit", FaultyReplies::noCredit, "quota exhausted"),
                new Case("error as first event", wire -> FakeReply.sse().send(wire.errorEvent("no")), "failed"),
                new Case("error after the preamble",
                        wire -> FakeReply.sse().send(wire.beginning()).send(wire.errorEvent("no")), "failed"),
                new Case("overloaded as first event", FaultyReplies::overloadedAsFirstEvent, "overloaded"),
                new Case("empty stream", _ -> FakeReply.sse(), "closed early"),
                new Case("cut before the first token", wire -> FakeReply.sse().send(wire.beginning()).cut(),
                        "closed early"),
                new Case("a page", _ -> FakeReply.status(200).body("text/html", "<h1>Hello</h1>"),
                        "malformed answer")));
    }

    @ParameterizedTest
    @MethodSource("movingOn")
    @DisplayName("T17 T18 T23: what the provider is to blame for, the next one answers, after one request")
    void theNextOneAnswers(Case failure, Way way) {
        Trial trial = Trial.of(way, failure.reply.apply(way.first().wire()));
        trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 2)
                .assertReason(trial.first() + ": " + failure.outcome);
        trial.assertAsked(1, 1);
        trial.settle();
    }

    /** With the status for the client. */
    static Stream<Arguments> staying() {
        return eachWay(Stream.of(Case.status(400, "400"), Case.status(413, "413"), Case.status(422, "400"),
                Case.status(405, "400"), new Case("too long", FaultyReplies::tooLong, "400")));
    }

    @ParameterizedTest
    @MethodSource("staying")
    @DisplayName("What the request is to blame for is one request, and nobody else is asked")
    void nobodyElseIsAsked(Case refusal, Way way) {
        Trial trial = Trial.of(way, refusal.reply.apply(way.first().wire()));
        Told told = trial.ask().assertReason("");
        assertThat(told.response().statusCode()).isEqualTo(Integer.parseInt(refusal.outcome));
        assertThat(told.header("x-llm-attempts")).isEqualTo("1");
        trial.assertAsked(1, 0);
        trial.settle();
    }

    static Stream<Arguments> lasting() {
        return Stream.of(Case.status(400, "400"), Case.status(401, "502"), Case.status(403, "403"),
                        Case.status(404, "404"), Case.status(413, "413"), Case.status(422, "400"),
                        new Case("no credit", FaultyReplies::noCredit, "429"))
                .flatMap(each -> Way.alone().map(way -> Arguments.of(each, way)));
    }

    @ParameterizedTest
    @MethodSource("lasting")
    @DisplayName("T22: what another try cannot change is one request, whatever patience there is")
    void lastingRefusalsAreNotRepeated(Case refusal, Way way) {
        Trial trial = Trial.of(way, refusal.reply.apply(way.first().wire()).header("retry-after", "0"));
        Told told = trial.ask().assertReason("");
        assertThat(told.response().statusCode()).isEqualTo(Integer.parseInt(refusal.outcome));
        trial.assertAsked(1);
        trial.settle();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("A refused connection is the next one's chance at once")
    void refusedConnection(boolean streaming) {
        String next = Fake.SPARE_OPENAI.serving(Wire.OPENAI.answer(ANSWER));
        String more = ",\"models\":[\"" + next + "\"]" + (streaming
                ? ",\"stream\":true,\"stream_options\":{\"include_usage\":true}" : "");
        new Told(Router.post(Router.chat("down/any", "Hi", more)), streaming).assertWhole(TEXT, "stop", 60)
                .assertFrom(next, 2).assertReason("down/any: unreachable");
        assertThat(Fake.SPARE_OPENAI.requests(next)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.it.Way#ofTwoInEachForm")
    @DisplayName("T22: where both fail each sees what it would alone but for the waits in between, and all is told")
    void bothFail(Way way) {
        Trial trial = Trial.ofBoth(way, wire -> wire.refusal(529, "no").header("retry-after", "30"));
        assertThat(trial.ask().assertRefused(503, "provider_overloaded", 2)
                .assertReason(trial.first() + ": overloaded; " + trial.next() + ": overloaded").header("retry-after"))
                .isEqualTo("30");
        trial.assertAsked(1, 1);
        // Both asked to be left alone, and are.
        Told second = trial.ask().assertRefused(503, "provider_overloaded", 0);
        assertThat(Integer.parseInt(second.header("retry-after"))).isBetween(1, 30);
        trial.assertAsked(1, 1);
        trial.settle();
    }

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.it.Way#ofTwoInEachForm")
    @DisplayName("All ways to name a time are kept: passed over until it is up, and then asked again")
    void aPauseIsKept(Way way) {
        Wire wire = way.first().wire();
        Trial trial = Trial.of(way, FaultyReplies.busyForAMoment(wire), wire.answer(ANSWER));
        trial.ask().assertFrom(trial.next(), 2);
        int asked = 1;
        Told told = trial.ask();
        while (told.header("x-llm-provider").equals(way.next().configuredName())) {
            asked++;
            told.assertReason(trial.first() + ": passed over, was rate limited");
            told = trial.ask();
        }
        told.assertWhole(TEXT, "stop", 60).assertFrom(trial.first(), 1);
        // Its time may be up between the look at who is paused and the asking.
        assertThat(told.header("x-llm-fallback-reason")).isIn("", trial.first() + ": passed over, was rate limited");
        trial.assertAsked(2, asked);
        trial.settle();
    }

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.it.Way#ofTwoInEachForm")
    @DisplayName("16, T02 T03: right after a failover the tokens are counted for the one who answered, once")
    void tokensOfTheOneWhoAnswered(Way way) {
        Trial trial = Trial.of(way, way.first().wire().refusal(429, "no"));
        double first = tokens(way.first());
        double next = tokens(way.next());
        for (int i = 1; i <= 2; i++) {
            trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 2);
            // They are counted when the answer is over, which its client may know a little earlier.
            while (tokens(way.next()) < next + 65 * i) {
                Thread.onSpinWait();
            }
            assertThat(tokens(way.next())).isEqualTo(next + 65 * i);
        }
        assertThat(tokens(way.first())).isEqualTo(first);
        trial.settle();
    }

    @ParameterizedTest
    @MethodSource("io.circuitbreaker.llm.it.Way#ofTwoByRequest")
    @DisplayName("16: right after a failover the cost is that of the one who answered")
    void costOfTheOneWhoAnswered(Way way) {
        Wire wire = way.next().wire();
        Trial trial = Trial.priced(way, way.first().wire().refusal(500, "no"), wire.answer(ANSWER));
        Told told = trial.ask().assertWhole(TEXT, "stop", 60).assertFrom(trial.next(), 2);
        assertThat(told.cost()).isEqualByComparingTo(ListPrices.of(wire, 5, 60));
        trial.settle();
    }

    private static double tokens(Fake fake) {
        return Router.figure("llm_tokens_total", "provider=\"" + fake.configuredName() + "\"").orElse(0);
    }

    @Test
    @DisplayName("A breaker that opened is passed over, one request in a while finds out, and one answer closes it")
    void theBreakerOpensAndCloses() {
        FakeReply broken = Wire.OPENAI.refusal(500, "broken");
        String first = Fake.LIMPING.serving(broken);
        String next = Fake.SPARE_OPENAI.serving(Wire.OPENAI.answer(ANSWER));
        for (int i = 0; i < 20; i++) {
            limping(first, next).assertReason(first + ": failed");
        }
        limping(first, next).assertFrom(next, 1).assertReason(first + ": circuit breaker open");
        limping(first, next).assertFrom(next, 1).assertReason(first + ": passed over, was circuit breaker open");
        assertThat(Fake.LIMPING.requests(first)).hasSize(20);

        // After a while the breaker lets one through, and opens again because it failed.
        while (Fake.LIMPING.requests(first).size() == 20) {
            limping(first, next);
        }
        limping(first, next).assertFrom(next, 1);
        assertThat(Fake.LIMPING.requests(first)).hasSize(21);

        Fake.LIMPING.servingAs(first.substring(first.indexOf('/') + 1), Wire.OPENAI.answer(ANSWER));
        while (Fake.LIMPING.requests(first).isEmpty()) {
            limping(first, next);
        }
        limping(first, next).assertFrom(first, 1).assertReason("");
    }

    /** Whatever happens, the client has its answer. */
    private static Told limping(String first, String next) {
        String more = ",\"models\":[\"" + next + "\"],\"stream\":true,\"stream_options\":{\"include_usage\":true}";
        return new Told(Router.post(Router.chat(first, "Hi", more)), true).assertWhole(TEXT, "stop", 60);
    }
}
