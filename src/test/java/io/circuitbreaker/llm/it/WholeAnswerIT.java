package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.circuitbreaker.llm.testing.FakeReply;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Answers in one document that take longer than the heartbeat's 2 s: the client hears something meanwhile, from the first
 * token on, and the price is the status of a failure after that.
 */
class WholeAnswerIT extends DeployedRouter {

    private static final Duration LONG = Duration.ofMillis(2_500);

    private static FakeReply silentAfter(String said) {
        return Wire.OPENAI.said(said).delay(LONG);
    }

    @Test
    void emptyLinesKeepTheClientWaitingAndAreNoPartOfTheAnswer() {
        String model = Fake.OPENAI.serving(silentAfter("before, ").send(Wire.OPENAI.token("after"))
                .send(Wire.OPENAI.ending()));
        HttpResponse<String> response = Router.post(Router.unary(model));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("\n{");
        assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        assertThat(response.headers().firstValue("x-llm-provider")).contains("openai");
        ClientAnswer answer = ClientAnswer.of(Router.openAi().chat().completions()
                .create(ChatCompletionCreateParams.builder().model(model).addUserMessage("Hi").build()));
        assertThat(answer.choices().get(0L).text()).isEqualTo("before, after");
    }

    @Test
    void aFailureAfterAnEmptyLineIsTheDocument() {
        String model = Fake.OPENAI.serving(silentAfter("so far").cut());
        HttpResponse<String> response = Router.post(Router.unary(model));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("\n{").doesNotContain("so far");
        assertThat(Router.error(response).getString("code")).isEqualTo("stream_closed_early");
    }

    @Test
    @DisplayName("T11: before the first token nothing is said, and every failure has its status")
    void aSilenceBeforeTheFirstTokenLeavesTheStatus() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.refusal(429, "slow down").delayHead(LONG));
        HttpResponse<String> response = Router.post(Router.unary(model));
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.body()).startsWith("{");
    }
}
