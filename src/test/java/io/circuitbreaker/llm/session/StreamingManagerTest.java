package io.circuitbreaker.llm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StreamingManagerTest {

    private final StreamingManager manager = new StreamingManager(
            new StreamingConfig(2, Duration.ofSeconds(15), WholeAnswerHeartbeat.NEVER));

    @Test
    void oneTooManyIsRefusedWithTheLimitItsKeyAndATimeToRetry() {
        manager.open(_ -> { });
        StreamingSession second = manager.open(_ -> { });

        Failure refusal = catchThrowableOfType(LlmException.class, () -> manager.open(_ -> { })).failure();

        assertThat(refusal).isInstanceOf(Failure.LimitReached.class);
        assertThat(refusal.message()).contains("2 concurrent streams", "llm.streaming.max-concurrent-streams");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
        second.close();
        manager.open(_ -> { });
        assertThat(manager.activeStreams()).isEqualTo(2);
    }

    @Test
    void aPlaceIsGivenBackOnceHoweverOftenItIsClosed() throws InterruptedException {
        StreamingSession session = manager.open(_ -> { });
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> closing = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            closing.add(Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                    session.close();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        go.countDown();
        for (Thread thread : closing) {
            thread.join();
        }
        assertThat(manager.activeStreams()).isZero();
        manager.open(_ -> { });
        manager.open(_ -> { });
        assertThat(catchThrowableOfType(LlmException.class, () -> manager.open(_ -> { }))).isNotNull();
    }

    @Test
    void shutdownCancelsTheOpenOnes() {
        List<Failure> cancelled = new ArrayList<>();
        manager.open(cancelled::add);
        manager.open(failure -> cancelled.add(new Failure.Internal("closed already"))).close();

        manager.endAll();

        assertThat(cancelled).containsExactly(new Failure.Cancelled("the server is shutting down"));
    }

    @Test
    void sessionsHaveIdsOfTheirOwn() {
        assertThat(manager.open(_ -> { }).id()).startsWith("req_").isNotEqualTo(manager.open(_ -> { }).id());
    }
}
