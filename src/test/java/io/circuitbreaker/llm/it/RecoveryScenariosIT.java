package io.circuitbreaker.llm.it;

import static io.circuitbreaker.llm.it.FaultyReplies.TEXT;
import static io.circuitbreaker.llm.it.FaultyReplies.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import jakarta.json.JsonArray;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios of the README's table in which an answer that broke off is gone on with by the next provider. */
class RecoveryScenariosIT extends PatientRouter {

    private static final String TWO = "io.circuitbreaker.llm.it.Way#ofTwo";
    private static final int CUT = 40;
    /** Of these words: enough to be no chance. */
    private static final int REPEATED = 12;

    private Optional<Trial> trial = Optional.empty();

    @AfterEach
    void settle() {
        trial.ifPresent(Trial::settle);
    }

    private Trial trial(Way way, FakeReply first, FakeReply next) {
        trial = Optional.of(Trial.with(way, first, _ -> next));
        return trial.get();
    }

    private static FakeReply cut(Way way) {
        return way.first().wire().said(tokens(0, CUT)).cut();
    }

    /** @param secondPart how many tokens the one who went on has counted */
    private static void assertContinued(Told told, Trial trial, int secondPart) {
        told.assertWhole(TEXT, "stop").assertFrom(trial.first(), 1);
        assertThat(told.usage().getInt("completion_tokens")).as("tokens of both").isEqualTo(CUT + secondPart);
        // The next one says 5 for its own prompt; that of the first is added.
        assertThat(told.usage().getInt("prompt_tokens")).isGreaterThan(5);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("8, 16, T19: what is cut after 40 of 60 tokens is gone on with: none lost, none twice, one end")
    void cutMidStream(Way way) {
        Trial trial = trial(way, cut(way), way.next().wire().answer(tokens(CUT, 60)));
        assertContinued(trial.askToContinue(), trial, 60 - CUT);
        trial.assertAsked(1, 1);
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("8, T19: the next one may begin with what was said last")
    void overlap(Way way) {
        Trial trial = trial(way, cut(way), way.next().wire().answer(tokens(CUT - REPEATED, 60)));
        assertContinued(trial.askToContinue(), trial, 60 - CUT + REPEATED);
        trial.assertAsked(1, 1);
    }

    @ParameterizedTest
    @MethodSource(TWO + "ByRequest")
    @DisplayName("16, T02: the cost of an answer of two parts is that of both, each at its own price")
    void costOfBoth(Way way) {
        Trial made = Trial.priced(way, cut(way), way.next().wire().answer(tokens(CUT, 60)));
        trial = Optional.of(made);
        Told told = made.askToContinue().assertWhole(TEXT, "stop");
        int firstPrompt = told.usage().getInt("prompt_tokens") - 5;
        assertThat(told.cost()).isEqualByComparingTo(ListPrices.of(way.first().wire(), firstPrompt, CUT)
                .add(ListPrices.of(way.next().wire(), 5, 60 - CUT)));
    }

    @ParameterizedTest
    @MethodSource(TWO)
    @DisplayName("14, T20: one who takes no beginning of an answer is asked in words")
    void prefillIsRefused(Way way) {
        Wire wire = way.next().wire();
        FakeReply refusal = wire.refusal(400, "the conversation must end with a user message");
        FakeReply answer = wire.answer(tokens(CUT, 60));
        Trial made = Trial.with(way, cut(way), request -> endsWithAnswer(wire, request) ? refusal : answer);
        trial = Optional.of(made);
        assertContinued(made.askToContinue(), made, 60 - CUT);
        made.assertLastAskedIn(request -> !endsWithAnswer(wire, request));
    }

    private static boolean endsWithAnswer(Wire wire, ReceivedRequest request) {
        JsonArray messages = request.json().getJsonArray(wire == Wire.GOOGLE ? "contents" : "messages");
        String role = messages.getJsonObject(messages.size() - 1).getString("role");
        return role.equals("assistant") || role.equals("model");
    }
}
