package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.session.Page;
import io.circuitbreaker.llm.session.ReadableStream;
import io.circuitbreaker.llm.session.Reading;
import io.circuitbreaker.llm.session.StreamInfo;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamState;
import io.circuitbreaker.llm.session.StreamStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FollowerTest {

    private static final Duration INTERVAL = Duration.ofSeconds(7);

    /** Where a reader gets it from: a page, or what is thrown in place of one. */
    private interface Source {

        Page page() throws InterruptedException;
    }

    private final class Kept implements ReadableStream {

        @Override
        public StreamInfo info() {
            return new StreamInfo("req_1", StreamOwner.of(""), "m", Instant.EPOCH, Optional.empty());
        }

        @Override
        public Page after(long id, Duration patience) throws InterruptedException {
            assertThat(patience).isEqualTo(INTERVAL);
            asked.add(id);
            return pages.remove().page();
        }

        @Override
        public Reading read() {
            throw new UnsupportedOperationException("the reader has its reading");
        }

        @Override
        public StreamStatus status() {
            return new StreamStatus(StreamState.RUNNING, 5, 9, 1);
        }

        @Override
        public void cancel(Failure why) {
            throw new UnsupportedOperationException("who follows a stream does not end it");
        }
    }

    private final Queue<Source> pages = new ArrayDeque<>();
    private final List<Long> asked = new ArrayList<>();
    private final RecordedDelivery client = new RecordedDelivery();
    private final AtomicInteger left = new AtomicInteger();

    private void comes(Page page) {
        pages.add(() -> page);
    }

    private void breaksWith(RuntimeException why) {
        pages.add(() -> {
            throw why;
        });
    }

    private static Page events(long firstId, String... data) {
        return new Page.Events(firstId, List.of(data), false);
    }

    private static Page lastEvents(long firstId, String... data) {
        return new Page.Events(firstId, List.of(data), true);
    }

    /** To its end. */
    private List<String> followed(long after) {
        Reading reading = new Reading(left::incrementAndGet);
        Follower follower = new Follower(new Kept(), reading, new OpenAiDialect(), client, INTERVAL);
        try {
            assertThat(follower.start(after).join(Duration.ofSeconds(10))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(left).as("the claim that somebody reads the stream").hasValue(1);
        assertThat(client.ends()).hasSizeLessThanOrEqualTo(1);
        return client.steps();
    }

    @Test
    void fromWhereTheClientIsToTheEnd() {
        comes(events(3, "c", "d"));
        comes(new Page.Silence());
        comes(lastEvents(5, "e"));
        assertThat(followed(2)).containsExactly("3 c", "4 d", "flush", "heartbeat", "5 e", "end");
        assertThat(asked).containsExactly(2L, 4L, 4L);
    }

    @Test
    void whoHasHadAllBeforeItCameIsToldOnceMoreHowItEnded() {
        comes(lastEvents(3));
        comes(lastEvents(2, "b"));
        assertThat(followed(2)).containsExactly("2 b", "end");
    }

    @Test
    void whoHasHadAllMeanwhileIsNotToldTwice() {
        comes(events(3, "c"));
        comes(lastEvents(4));
        assertThat(followed(2)).containsExactly("3 c", "flush", "end");
    }

    @Test
    @DisplayName("What is not kept any more is told as an event with the newest number, from which the client goes on")
    void expired() {
        comes(new Page.Gone(5));
        assertThat(followed(2)).containsExactly("9 error expired", "end");
    }

    @Test
    void whoIsAheadIsRefused() {
        comes(new Page.Ahead(4));
        assertThat(followed(7)).containsExactly("fail 7 not_found told");
    }

    @Test
    @DisplayName("A client that is lost is told nothing; its way is given back with the number of what it has had")
    void lost() {
        comes(events(1, "a"));
        comes(events(2, "b", "c"));
        client.at("event", () -> {
            if (client.steps().contains("3 c")) {
                throw new LlmException(new Failure.ClientGone("away"));
            }
        });
        assertThat(followed(0)).containsExactly("1 a", "flush", "2 b", "3 c", "fail 2 client_gone");
    }

    @Test
    void lostWhileItIsTold() {
        comes(new Page.Gone(5));
        client.failsAt("event", new LlmException(new Failure.ClientGone("away")));
        assertThat(followed(2)).endsWith("fail 2 client_gone");
    }

    @Test
    void aStreamThatCannotBeReadAnyMore() {
        comes(events(1, "a"));
        breaksWith(new LlmException(new Failure.Unavailable("the store is away", "store_unavailable")));
        assertThat(followed(0)).containsExactly("1 a", "flush", "fail 1 unavailable told");
    }

    @Test
    void aFaultOfOurs() {
        breaksWith(new IllegalStateException("ours"));
        assertThat(followed(2)).containsExactly("fail 2 internal told");
    }

    @Test
    void whoIsInterruptedStops() {
        pages.add(() -> {
            throw new InterruptedException();
        });
        assertThat(followed(2)).isEmpty();
    }
}
