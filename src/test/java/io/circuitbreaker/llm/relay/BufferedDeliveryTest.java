package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.dialect.TextEvent;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.RoutedStream;
import io.circuitbreaker.llm.session.FlowConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BufferedDeliveryTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** A client that takes nothing while it is told so. */
    private static final class Client implements Delivery {

        private final List<String> had = new CopyOnWriteArrayList<>();
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch failed = new CountDownLatch(1);
        private volatile boolean gone;

        @Override
        public void begin(RoutedStream answer) {
        }

        @Override
        public void event(long id, String data) {
            reached.countDown();
            await(open);
            if (gone) {
                throw new LlmException(new Failure.ClientGone("the client went away"));
            }
            had.add(id + data);
        }

        @Override
        public void flush() {
        }

        @Override
        public void heartbeat() {
        }

        @Override
        public void end() {
            had.add("end");
        }

        @Override
        public void fail(LlmException why, long id, String data) {
            had.add("fail" + id);
            failed.countDown();
        }
    }

    private final Client client = new Client();
    private final CompletableFuture<Failure> gone = new CompletableFuture<>();
    private final CompletableFuture<Failure> tooSlow = new CompletableFuture<>();
    private final CountDownLatch readAhead = new CountDownLatch(1);
    private final CountDownLatch concluded = new CountDownLatch(1);

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private BufferedDelivery delivery(FlowConfig.SlowClient policy) {
        return delivery(new FlowConfig(100, 100, true, policy, LIMIT), data -> Optional.of(new TextEvent("", data, "")),
                tooSlow::complete);
    }

    private BufferedDelivery delivery(FlowConfig config, Function<String, Optional<TextEvent>> texts,
                                      Consumer<Failure> onTooSlow) {
        BufferedDelivery delivery = new BufferedDelivery(client, config, new SlowClients(new Watchdog(), () -> { }), texts,
                new BufferedDelivery.Ends(gone::complete, onTooSlow));
        delivery.begin(null);
        return delivery;
    }

    private void lend(BufferedDelivery delivery, Predicate<BooleanSupplier> readOn) {
        delivery.lend(new ReadAhead() {
            @Override
            public boolean readOn(BooleanSupplier wanted) {
                return readOn.test(wanted);
            }

            @Override
            public void conclude() {
                concluded.countDown();
            }
        });
    }

    /** Looks twice, as far apart as the test says. */
    private static void look(BufferedDelivery delivery, Duration apart) {
        delivery.look(0);
        delivery.look(apart.toNanos());
    }

    private Thread first(Runnable work) {
        Thread first = Thread.ofVirtual().start(work);
        await(client.reached);
        return first;
    }

    private interface Step {

        void take(BufferedDelivery delivery, long id, String data);
    }

    @Test
    void whatComesWhileTheClientIsSlowIsMergedAndTheReadingIsGivenBack() throws InterruptedException {
        assertMerged(BufferedDelivery::event);
    }

    @Test
    void whoIsHeldUpWithTheLastOfABurstIsHelpedToo() throws InterruptedException {
        assertMerged(BufferedDelivery::last);
    }

    private void assertMerged(Step step) throws InterruptedException {
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.ADAPTIVE);
        lend(delivery, wanted -> {
            delivery.event(2, "b");
            step.take(delivery, 3, "c");
            readAhead.countDown();
            awaitUnwanted(wanted);
            return true;
        });
        Thread first = first(() -> {
            step.take(delivery, 1, "a");
            step.take(delivery, 4, "d");
            delivery.end();
        });
        look(delivery, SlowClients.INTERVAL);
        await(readAhead);
        client.open.countDown();
        first.join();
        assertThat(client.had).containsExactly("1a", "3bc", "4d", "end");
    }

    private static void awaitUnwanted(BooleanSupplier wanted) {
        while (wanted.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void pauseReadsNothingMeanwhile() throws InterruptedException {
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.PAUSE);
        lend(delivery, _ -> {
            readAhead.countDown();
            return true;
        });
        Thread first = first(() -> delivery.event(1, "a"));
        look(delivery, SlowClients.INTERVAL);
        client.open.countDown();
        first.join();
        assertThat(readAhead.getCount()).isEqualTo(1);
        assertThat(client.had).containsExactly("1a");
    }

    @Test
    void aClientThatTakesNothingForTheLimitIsGivenUpWhateverThePolicy() throws InterruptedException {
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.PAUSE);
        lend(delivery, _ -> {
            assertThat(tooSlow).as("told before the reader goes on").isDone();
            delivery.event(2, "dropped");
            delivery.fail(new LlmException(tooSlow.join()), 0, "");
            readAhead.countDown();
            return false;
        });
        Thread first = first(() -> delivery.last(1, "a"));
        look(delivery, LIMIT);
        await(readAhead);
        // While the first is held up, which may be for long.
        await(concluded);
        assertThat(tooSlow.join().message()).contains("30000 ms", "llm.streaming.slow-client-timeout");
        assertThat(client.had).as("the first thread alone may use the response").isEmpty();
        client.open.countDown();
        first.join();
        await(client.failed);
        assertThat(client.had).as("told with the number of what it has had").containsExactly("1a", "fail1");
    }

    @Test
    void ifAllIsReadThatEndIsSaidAtOnceToo() throws InterruptedException {
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.ADAPTIVE);
        CountDownLatch allRead = new CountDownLatch(1);
        lend(delivery, _ -> {
            delivery.event(2, "never delivered");
            allRead.countDown();
            return false;
        });
        Thread first = first(() -> delivery.event(1, "a"));
        look(delivery, SlowClients.INTERVAL);
        await(allRead);
        delivery.look(LIMIT.toNanos() + SlowClients.INTERVAL.toNanos());
        await(concluded);
        client.open.countDown();
        first.join();
        assertThat(tooSlow).as("told before the first goes on").isDone();
        assertThat(client.had).containsExactly("1a");
    }

    @Test
    void whoHasReadItAllSaysNothingBeforeItIsKnownThatTheClientWasGivenUp() throws InterruptedException {
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch tell = new CountDownLatch(1);
        BufferedDelivery delivery = delivery(new FlowConfig(1, 100, true, FlowConfig.SlowClient.ADAPTIVE, LIMIT),
                _ -> Optional.empty(), why -> {
                    telling.countDown();
                    await(tell);
                    tooSlow.complete(why);
                });
        lend(delivery, _ -> {
            delivery.event(2, "kept");
            readAhead.countDown();
            delivery.event(3, "there is no room for it");
            return false;
        });
        Thread first = first(() -> delivery.event(1, "a"));
        look(delivery, SlowClients.INTERVAL);
        await(readAhead);
        delivery.look(LIMIT.toNanos() + SlowClients.INTERVAL.toNanos());
        await(telling);
        assertThat(concluded.await(200, TimeUnit.MILLISECONDS)).as("told before").isFalse();
        tell.countDown();
        await(concluded);
        client.open.countDown();
        first.join();
        assertThat(client.had).containsExactly("1a");
    }

    @Test
    void aLostClientIsToldBeforeTheSecondThreadIsWaitedFor() throws InterruptedException {
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.ADAPTIVE);
        lend(delivery, _ -> {
            readAhead.countDown();
            gone.join();
            return false;
        });
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread first = first(() -> {
            try {
                delivery.event(1, "a");
            } catch (LlmException e) {
                thrown.complete(e);
            }
        });
        look(delivery, SlowClients.INTERVAL);
        await(readAhead);
        client.gone = true;
        client.open.countDown();
        first.join();
        assertThat(((LlmException) thrown.join()).failure()).isInstanceOf(Failure.ClientGone.class);
        assertThat(gone.join()).isInstanceOf(Failure.ClientGone.class);
    }

    @Test
    void aClientThatKeepsUpNeedsNoSecondThread() {
        client.open.countDown();
        BufferedDelivery delivery = delivery(FlowConfig.SlowClient.ADAPTIVE);
        lend(delivery, _ -> {
            readAhead.countDown();
            return true;
        });
        delivery.event(1, "a");
        look(delivery, LIMIT);
        delivery.event(2, "b");
        delivery.look(LIMIT.toNanos() * 2);
        delivery.end();
        assertThat(client.had).containsExactly("1a", "2b", "end");
        assertThat(readAhead.getCount()).isEqualTo(1);
        assertThat(tooSlow).isNotDone();
    }
}
