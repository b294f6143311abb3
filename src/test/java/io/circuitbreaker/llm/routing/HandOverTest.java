package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.LlmException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HandOverTest {

    private final HandOver<String> handOver = new HandOver<>(2);

    @Test
    void thingsComeInOrder() {
        handOver.put("a");
        handOver.put("b");
        assertThat(handOver.take()).contains("a");
        assertThat(handOver.take(Duration.ofSeconds(10))).contains("b");
        assertThat(handOver.isEmpty()).isTrue();
    }

    @Test
    void whoHandsOverMoreThanThereArePlacesWaits() throws Exception {
        handOver.put("a");
        handOver.put("b");
        CompletableFuture<Boolean> third = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> third.complete(handOver.put("c")));
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(third).isNotDone();
        handOver.take();
        assertThat(third.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingInTimeIsNothing() {
        assertThat(handOver.take(Duration.ofMillis(1))).isEmpty();
        assertThat(handOver.take(Duration.ofMillis(-1))).isEmpty();
    }

    @Test
    void afterTheStopEachThingHasItsOwner() throws Exception {
        handOver.put("a");
        handOver.put("b");
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> waiting.complete(handOver.put("c")));
        handOver.stop();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(handOver.put("d")).isFalse();
        assertThat(handOver.take()).isEmpty();
        assertThat(handOver.left()).containsExactly("a", "b");
        assertThat(handOver.left()).isEmpty();
    }

    @Test
    void anInterruptEndsEitherSide() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(handOver::take).isInstanceOf(LlmException.class);
        assertThat(Thread.interrupted()).isTrue();
        handOver.put("a");
        handOver.put("b");
        Thread.currentThread().interrupt();
        assertThat(handOver.put("c")).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
