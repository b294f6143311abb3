package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.relay.Heartbeat;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.testing.OneChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WholeAnswerOutletTest {

    private static final LlmException CUT = new LlmException(new Failure.ClosedEarly("cut"));

    private final ClientDialect dialect = new OpenAiDialect();
    private final Errors errors = new Errors(null) {

        @Override
        ClientDialect openAi() {
            return dialect;
        }
    };
    private final ServedResponse served = new ServedResponse();
    private final ClientReply reply = new ClientReply(AnswerForm.DOCUMENT, served.context());
    private final CompletableFuture<Failure> gone = new CompletableFuture<>();
    private final List<Heartbeat> begun = new ArrayList<>();
    private final WholeAnswerOutlet outlet = new WholeAnswerOutlet(dialect.readRequest(JsonText.parseObject(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")), dialect, reply, errors,
            TimeUnit.HOURS.toNanos(1), gone::complete, begun::add);

    private void begin() {
        outlet.begin(new RoutedStream(new OneChunk(Optional.empty()), "a", "m", 1, Optional.empty()));
    }

    private void say(String text) {
        outlet.chunk(StreamingChunk.of(Delta.content(text)));
        outlet.flush();
    }

    private void assertAnswered(int status) {
        assertThat(served.statuses()).containsExactly(status);
        assertThat(served.timesCompleted()).isEqualTo(1);
        assertThat(outlet.heartbeat().due()).as("no heartbeat follows").isEqualTo(Watchdog.NEVER);
    }

    @Test
    void nothingIsSentBeforeTheAnswerIsWhole() {
        begin();
        say("Hel");
        say("lo");
        assertThat(served.statuses()).isEmpty();
        outlet.complete();
        assertAnswered(200);
        assertThat(JsonText.parseObject(served.body()).getJsonArray("choices").getJsonObject(0).getJsonObject("message")
                .getString("content")).isEqualTo("Hello");
        assertThat(served.headers()).containsEntry("X-LLM-Provider", "a").containsEntry("X-Dropped-Params", "seed");
    }

    @Test
    @DisplayName("A failure has its status as long as nothing was sent, though the answer had begun")
    void failed() {
        begin();
        say("Hel");
        outlet.fail(CUT);
        assertAnswered(502);
        assertThat(served.body()).isEqualTo(dialect.error(CUT.failure()));
    }

    @Test
    void failedBeforeItBegan() {
        outlet.fail(new LlmException(Failure.InvalidRequest.of("model", "no")));
        assertAnswered(400);
        assertThat(served.headers()).containsEntry("x-should-retry", "false");
        assertThat(begun).isEmpty();
    }

    @Test
    @DisplayName("After a heartbeat the failure is the document")
    void failedAfterAHeartbeat() {
        begin();
        reply.beat();
        outlet.fail(CUT);
        assertAnswered(200);
        assertThat(served.body()).isEqualTo("\n" + dialect.error(CUT.failure()));
    }

    @Test
    void theHeartbeatCanBeWatchedFromTheFirstTokenOn() {
        assertThat(begun).isEmpty();
        begin();
        assertThat(begun).containsExactly(outlet.heartbeat());
    }

    @Test
    void aClientThatAHeartbeatDoesNotReachIsTold() {
        served.clientGoes();
        outlet.heartbeat().expired();
        assertThat(gone.join()).isInstanceOf(Failure.ClientGone.class);
    }
}
