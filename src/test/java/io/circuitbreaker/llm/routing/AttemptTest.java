package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.TokenUsage;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AttemptTest {

    private static final Failure BEATEN = new Failure.Cancelled("another was faster");

    private final Cancellation cancellation = new Cancellation();
    private final List<Spent> spent = new ArrayList<>();

    private Attempt.Outcome outcome(LlmProvider provider) {
        Candidate candidate = new Candidate(new Target(provider, "m"), TestRouter.request("m", RoutingWish.NONE),
                cancellation, 0);
        return new Attempt(candidate, () -> 0, new Health(() -> 0), spent::add).run();
    }

    @Test
    @DisplayName("T02: who is called off with the prompt in its hands is charged it")
    void calledOffWithThePrompt() {
        StubProvider asked = StubProvider.does("a", this::callOff);
        assertThat(outcome(asked)).isInstanceOf(Attempt.Failed.class);
        assertThat(spent).containsExactly(new Spent("a", "m", TokenUsage.of(1, 0, 0, 0), true));
    }

    @Test
    @DisplayName("T02: who is called off before it was sent anything is charged nothing")
    void calledOffBeforeItWasSentAnything() {
        assertThat(outcome(StubProvider.isNotReached("a", this::callOff))).isInstanceOf(Attempt.Failed.class);
        assertThat(spent).isEmpty();
    }

    private void callOff() {
        cancellation.cancel(BEATEN);
        cancellation.throwIfCancelled();
    }
}
