package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.RoutedStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FollowedDeliveryTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** The watch looks while the client takes a step. */
    private final class Client implements Delivery {

        @Override
        public void begin(RoutedStream answer) {
        }

        @Override
        public void event(long id, String data) {
            looks.run();
        }

        @Override
        public void flush() {
            looks.run();
        }

        @Override
        public void heartbeat() {
            looks.run();
        }

        @Override
        public void end() {
        }

        @Override
        public void fail(LlmException why, long id, String data) {
        }
    }

    private final AtomicInteger counted = new AtomicInteger();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final FollowedDelivery delivery = new FollowedDelivery(new Client(), LIMIT,
            new SlowClients(new Watchdog(), counted::incrementAndGet), () -> left.complete(null));
    private Runnable looks = () -> { };

    private Failure reason(Runnable step) {
        return catchThrowableOfType(LlmException.class, step::run).failure();
    }

    @Test
    void whoTakesNothingForTheLimitIsLetGoOfAtOnceAndToldWhenItTakesSomething() {
        looks = () -> {
            delivery.look(0);
            delivery.look(LIMIT.toNanos());
            // Long before the step is over, which may never be.
            left.join();
            delivery.look(LIMIT.toNanos() * 2);
        };
        delivery.event(1, "a");
        assertThat(reason(() -> delivery.event(2, "b"))).isInstanceOf(Failure.SlowClient.class)
                .extracting(Failure::message).asString().contains("30000 ms", "llm.streaming.slow-client-timeout");
        assertThat(counted).hasValue(1);
    }

    @Test
    void itMayBeHeldUpWhereverItWrites() {
        looks = () -> {
            delivery.look(0);
            delivery.look(LIMIT.toNanos());
        };
        assertThat(reason(delivery::flush)).isInstanceOf(Failure.SlowClient.class);
        assertThat(reason(delivery::heartbeat)).isInstanceOf(Failure.SlowClient.class);
    }

    @Test
    void whoWaitsForTheModelIsNotSlow() {
        delivery.event(1, "a");
        delivery.look(0);
        delivery.look(LIMIT.toNanos());
        delivery.event(2, "b");
        assertThat(left).isNotDone();
    }

    @Test
    void eachStepHasTheWholeLimit() {
        looks = () -> delivery.look(LIMIT.toNanos() - 1);
        delivery.event(1, "a");
        looks = () -> delivery.look(LIMIT.toNanos() * 2 - 2);
        delivery.event(2, "b");
        delivery.flush();
        assertThat(left).isNotDone();
    }
}
