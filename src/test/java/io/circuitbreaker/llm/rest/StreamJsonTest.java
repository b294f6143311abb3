package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StreamJsonTest {

    private static final String HALLO = "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hallo\"}}]}";

    /** Has ended with two events, of which the first is there. */
    private record Kept(Page afterTheFirst) implements ReadableStream {

        @Override
        public StreamInfo info() {
            return new StreamInfo("req_1", new StreamOwner("someone", Optional.empty(), Optional.empty()), "some/model",
                    Instant.EPOCH, Optional.empty());
        }

        @Override
        public StreamStatus status() {
            return new StreamStatus(StreamState.COMPLETE, 1, 2, 0);
        }

        @Override
        public Page after(long id, Duration patience) {
            return id == 0 ? new Page.Events(1, List.of(HALLO), false) : afterTheFirst;
        }

        @Override
        public Reading read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void cancel(Failure why) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void allEventsGiveTheWholeText() {
        assertThat(StreamJson.state(new Kept(new Page.Events(2, List.of("[DONE]"), true))))
                .contains("\"text\":\"Hallo\"", "\"text_is_whole\":true");
    }

    @Test
    @DisplayName("A text whose rest is lost while it is read is not called whole")
    void theRestIsLostMeanwhile() {
        for (Page lost : List.of(new Page.Silence(), new Page.Gone(3), new Page.Ahead(1))) {
            assertThat(StreamJson.state(new Kept(lost))).contains("\"text\":\"Hallo\"", "\"text_is_whole\":false");
        }
    }
}
