package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked again without the client's knowledge, and what is not. */
class RetryIT extends DeployedRouter {

    @AfterEach
    void keepBreakersClosed() {
        Fake.OPENAI.settleBreaker();
    }

    @ParameterizedTest
    @CsvSource({"502, '', 3", "503, '', 3", "503, 1, 1", "502, 1, 1", "500, '', 1", "504, '', 1", "429, '', 1",
        "429, 1, 1", "408, '', 1", "400, '', 1", "401, '', 1", "403, '', 1", "404, '', 1", "413, '', 1"})
    @DisplayName("T22: only what may help is asked again, at most twice")
    void asksAgainOnlyWhereItMayHelp(int status, String retryAfter, int requests) {
        FakeReply refusal = Wire.OPENAI.refusal(status, "no");
        String model = Fake.OPENAI.serving(retryAfter.isEmpty() ? refusal : refusal.header("retry-after", retryAfter));
        Router.post(Router.streaming(model));
        assertThat(Fake.OPENAI.requests(model)).hasSize(requests);
    }

    @Test
    @DisplayName("T46: a reset before the headers may be an old connection's, and is made good unseen")
    void aResetBeforeTheHeadersIsAskedAgain() {
        String model = Fake.OPENAI.serving(FakeReply.sse().resetBeforeHead(), FakeReply.openAi("fine"));
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(Events.of(response.body()).text()).isEqualTo("fine");
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("1");
        assertThat(Fake.OPENAI.requests(model)).hasSize(2);
    }

    @Test
    @DisplayName("T22: a provider that resets each connection sees a request three times, and that is known")
    void resetsWithoutEnd() {
        String model = Fake.OPENAI.serving(FakeReply.sse().resetBeforeHead());
        HttpResponse<String> response = Router.post(Router.streaming(model));
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("3");
        assertThat(Fake.OPENAI.requests(model)).hasSize(3);
    }

    @Test
    @DisplayName("T19: what has begun is not asked again")
    void aBrokenStreamIsNotAskedAgain() {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("so far").cut(), FakeReply.openAi("fine"));
        Events.of(Router.post(Router.streaming(model)).body()).assertFailed("stream_closed_early");
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
    }

    @Test
    void theBreakerOpensForOneProviderOnly() {
        String broken = Fake.BROKEN.serving(Wire.OPENAI.refusal(500, "broken"));
        HttpResponse<String> last = Router.post(Router.unary(broken));
        for (int i = 0; i < 40 && last.statusCode() == 502; i++) {
            last = Router.post(Router.unary(broken));
        }
        assertThat(last.statusCode()).isEqualTo(503);
        assertThat(Router.error(last).getString("message")).contains("'broken'", "circuit breaker");
        int asked = Fake.BROKEN.requests(broken).size();
        assertThat(asked).isEqualTo(20);

        assertThat(Router.post(Router.streaming(broken)).statusCode()).isEqualTo(503);
        assertThat(Fake.BROKEN.requests(broken)).as("asked though the breaker is open").hasSize(asked);
        String fine = Fake.OPENAI.serving(FakeReply.openAi("fine"));
        assertThat(Events.of(Router.post(Router.streaming(fine)).body()).text()).isEqualTo("fine");
    }
}
