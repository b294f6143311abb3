package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.testing.OneChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventOutletTest {

    private final class Client implements Delivery {

        private Optional<RuntimeException> broken = Optional.empty();
        private Runnable meanwhile = () -> { };

        @Override
        public void begin(RoutedStream answer) {
        }

        @Override
        public void event(long id, String data) {
            meanwhile.run();
            broken.ifPresent(why -> {
                throw why;
            });
            steps.add(id + " " + shown(data));
        }

        @Override
        public void last(long id, String data) {
            meanwhile.run();
            steps.add(id + " " + shown(data) + " and flush");
        }

        @Override
        public void flush() {
            steps.add("flush");
        }

        @Override
        public void heartbeat() {
        }

        @Override
        public void end() {
            steps.add("end");
        }

        @Override
        public void fail(LlmException why, long id, String data) {
            steps.add("fail " + id + " " + why.failure().getClass().getSimpleName());
        }

        private String shown(String data) {
            return data.startsWith("{") ? JsonText.parseObject(data).getJsonArray("choices").getJsonObject(0)
                    .getJsonObject("delta").getString("content") : data;
        }
    }

    private final List<String> steps = new ArrayList<>();
    private final Client client = new Client();
    private final ClientDialect dialect = new OpenAiDialect();
    private final EventOutlet outlet = new EventOutlet(dialect.readRequest(JsonText.parseObject(
            "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")), dialect, client);

    @BeforeEach
    void begin() {
        outlet.begin(new RoutedStream(new OneChunk(Optional.empty()), "provider", "model", 1, Optional.empty()));
    }

    private void chunk(String text) {
        outlet.chunk(StreamingChunk.of(Delta.content(text)));
    }

    @Test
    @DisplayName("What nothing follows is written and sent in one call, and what is followed is written before it")
    void lastOfABurst() {
        chunk("a");
        outlet.flush();
        assertThat(steps).containsExactly("1 a and flush");
        chunk("b");
        chunk("c");
        chunk("d");
        outlet.flush();
        outlet.flush();
        assertThat(steps).containsExactly("1 a and flush", "2 b", "3 c", "4 d and flush", "flush");
    }

    @Test
    void theTerminatorComesAfterAll() {
        chunk("a");
        outlet.complete();
        assertThat(steps).containsExactly("1 a", "2 [DONE]", "end");
    }

    @Test
    @DisplayName("T25: a failure comes after all that was said before it")
    void failure() {
        chunk("a");
        outlet.fail(new LlmException(new Failure.ClosedEarly("cut")));
        assertThat(steps).containsExactly("1 a", "fail 2 ClosedEarly");
    }

    @Test
    @DisplayName("A client that is found gone only then is told nothing, and its response is given back")
    void goneAtTheFailure() {
        client.broken = Optional.of(new LlmException(new Failure.ClientGone("away")));
        chunk("a");
        outlet.fail(new LlmException(new Failure.ClosedEarly("cut")));
        assertThat(steps).containsExactly("fail 2 ClientGone");
    }

    @Test
    void aFaultOfOurOwnAtTheFailureKeepsNobodyWaiting() {
        client.broken = Optional.of(new IllegalStateException("ours"));
        chunk("a");
        LlmException cut = new LlmException(new Failure.ClosedEarly("cut"));
        assertThatThrownBy(() -> outlet.fail(cut)).hasMessage("ours");
        assertThat(steps).containsExactly("fail 2 ClosedEarly");
    }

    @Test
    @DisplayName("T43: another thread that comes while one is held up with an event goes on with the one after it")
    void heldUp() {
        chunk("a");
        client.meanwhile = () -> {
            client.meanwhile = () -> { };
            chunk("c");
            outlet.flush();
        };
        chunk("b");
        // As the delivery has it: what the other thread says waits behind what the first is held up with.
        assertThat(steps).containsExactly("2 b", "3 c and flush", "1 a");
        outlet.flush();
        assertThat(steps).endsWith("1 a", "flush");
    }
}
