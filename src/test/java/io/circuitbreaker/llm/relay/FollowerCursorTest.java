package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.LiveStream;
import io.circuitbreaker.llm.session.MemoryStreamStore;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.TestStores;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowerCursorTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private static final class Client implements Delivery {

        private final List<String> steps = new ArrayList<>();

        @Override
        public void begin(RoutedStream answer) {
            steps.add("begin");
        }

        @Override
        public void event(long id, String data) {
            steps.add(id + " " + data);
        }

        @Override
        public void flush() {
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
            steps.add("fail " + id + " " + why.getMessage());
        }
    }

    private static LiveStream stream() {
        StreamOwner owner = new StreamOwner("", Optional.empty(), Optional.empty());
        return new MemoryStreamStore(TestStores.manager()).open(
                new StreamInfo("req_1", owner, "m", Instant.now(), Optional.empty()), LONG, _ -> { });
    }

    private static List<String> followed(LiveStream stream, long after) throws InterruptedException {
        Client client = new Client();
        Thread following = new Follower(stream, stream.read(), new OpenAiDialect(), client, LONG).start(after);
        assertThat(following.join(LONG)).isTrue();
        return client.steps;
    }

    @Test
    void whatFollowsTheCursorIsDelivered() throws Exception {
        LiveStream stream = stream();
        stream.append("a");
        stream.append("b");
        stream.append("[DONE]");
        stream.end(StreamState.COMPLETE);
        assertThat(followed(stream, 1)).containsExactly("2 b", "3 [DONE]", "end");
    }

    @ParameterizedTest
    @CsvSource({"[DONE], COMPLETE", "{\"error\":{}}, FAILED"})
    @DisplayName("T51: who has had the last event is told once more how the stream ended, not left to wait for more")
    void atTheEndItIsSaidAgain(String last, StreamState how) throws Exception {
        LiveStream stream = stream();
        stream.append("a");
        stream.append(last);
        stream.end(how);
        assertThat(followed(stream, 2)).containsExactly("2 " + last, "end");
    }

    @Test
    void aStreamThatEndedWithoutAnEventHasNoneToSay() throws Exception {
        LiveStream stream = stream();
        stream.end(StreamState.FAILED);
        assertThat(followed(stream, 0)).containsExactly("end");
    }

    @Test
    void anEventThatNeverWasIsAnError() throws Exception {
        LiveStream stream = stream();
        stream.append("a");
        assertThat(followed(stream, 5)).singleElement().asString().startsWith("fail 5 ").contains("has no event 5");
    }
}
