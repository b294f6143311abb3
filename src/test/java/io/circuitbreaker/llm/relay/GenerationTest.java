package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.circuitbreaker.llm.chat.Delta;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.StreamingChunk;
import io.circuitbreaker.llm.dialect.ClientDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import io.circuitbreaker.llm.observe.StreamEnd;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.provider.Watchdog;
import io.circuitbreaker.llm.routing.LlmRouter;
import io.circuitbreaker.llm.session.FlowConfig;
import io.circuitbreaker.llm.session.StreamOwner;
import io.circuitbreaker.llm.session.StreamProtocol;
import io.circuitbreaker.llm.session.StreamingManager;
import io.circuitbreaker.llm.session.StreamingSession;
import io.circuitbreaker.llm.session.TestStores;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every stream has one end: its client is told once, and once everything is settled, whatever else happens. */
@Timeout(30)
class GenerationTest {

    private static final StreamOwner ANYONE = StreamOwner.of("");
    private static final Failure STOPPED = new Failure.Cancelled("stopped");
    private static final Failure CUT = new Failure.ClosedEarly("cut");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration TEST = Duration.ofMinutes(1);

    private final StubProvider provider = StubProvider.answers("p").says(text("a"), text("b"));
    private final RestingProvider resting = new RestingProvider(provider);
    private final RecordedDelivery client = new RecordedDelivery();
    private final Figures figures = new Figures();
    /** One stream at a time, so that a place that is not given back is missed. */
    private final StreamingManager manager = TestStores.manager("llm.streaming.max-concurrent-streams", "1");
    private final StreamingSession session = manager.createSession(StreamProtocol.SSE, ANYONE);
    private final ClientDialect dialect = new OpenAiDialect();
    private final LlmRequest chat = dialect.readRequest(JsonText.parseObject(
            "{\"model\":\"p/m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"));
    /** What the threads that streams share are to do is done by the test. */
    private final Queue<StreamWorkers.Work> submitted = new ConcurrentLinkedQueue<>();
    private final StreamWorkers workers = new StreamWorkers(new Watchdog(), 0, System::nanoTime) {

        @Override
        public void submit(Work work) {
            submitted.add(work);
        }
    };

    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch heldUp = new CountDownLatch(1);
    private final CountDownLatch takesAgain = new CountDownLatch(1);
    /** By the thread that does what is to be done then. */
    private final CompletableFuture<Thread> givenUp = new CompletableFuture<>();

    private static StreamingChunk text(String text) {
        return StreamingChunk.of(Delta.content(text));
    }

    private Generation admitted(LlmProvider asked) {
        Generations generations = new Generations(LlmRouter.over(List.of(asked)), manager, TestStores.streams(manager),
                figures, workers);
        return generations.admit(chat, ANYONE, Optional.of(session));
    }

    private Generation started(LlmProvider asked) {
        Generation generation = admitted(asked);
        generation.start(new EventOutlet(chat, dialect, client));
        return generation;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private StreamEnd assertSettled(String outcome) {
        assertThat(figures.ends()).singleElement().extracting(StreamEnd::outcome).isEqualTo(outcome);
        assertThat(manager.activeStreams()).isZero();
        assertThat(session.streams()).isEmpty();
        manager.open(ANYONE, Optional.empty(), _ -> { }).close();
        return figures.ends().getFirst();
    }

    /** Of the answer, where it had begun. */
    private void assertLetGo() {
        assertThat(provider.timesClosed()).isEqualTo(1);
        assertThat(figures.spent()).hasSize(1);
    }

    // ---- by itself

    @Test
    void complete() {
        Generation generation = started(provider);
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a", "2 b", "3 [DONE]", "end");
        StreamEnd end = assertSettled("complete");
        assertThat(end.provider()).isEqualTo("p");
        assertThat(end.firstToken()).isPresent();
        assertLetGo();

        generation.cancel(STOPPED);
        generation.giveUp(STOPPED);
        assertThat(client.ends()).containsExactly("end");
        assertSettled("complete");
    }

    @Test
    void failedBeforeTheFirstToken() {
        started(StubProvider.failsWith("p", Failure.InvalidRequest.of("model", "no")));
        assertThat(client.awaitEnd()).containsExactly("fail 1 invalid_request told");
        StreamEnd end = assertSettled("invalid_request");
        assertThat(end.provider()).isEqualTo("p");
        assertThat(end.firstToken()).isEmpty();
        assertThat(figures.spent()).isEmpty();
    }

    @Test
    void failedByAFaultOfOurs() {
        started(StubProvider.isBroken("p"));
        assertThat(client.awaitEnd()).containsExactly("fail 1 internal told");
        assertSettled("internal");
    }

    @Test
    void failedAfterTheFirstToken() {
        started(provider.thenBreaksWith(CUT));
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a", "2 b", "fail 3 closed_early told");
        assertSettled("closed_early");
        assertLetGo();
    }

    // ---- without a thread of its own between two tokens

    private void arrive() {
        resting.awaitRest();
        resting.arrive();
        submitted.remove().run();
    }

    @Test
    void completeOnSharedThreads() {
        started(resting);
        arrive();
        arrive();
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a and flush", "2 b and flush", "flush", "3 [DONE]",
                "end");
        assertSettled("complete");
        assertLetGo();
    }

    @Test
    void failedOnASharedThread() {
        started(resting);
        provider.thenBreaksWith(CUT);
        arrive();
        arrive();
        assertThat(client.awaitEnd()).endsWith("2 b and flush", "fail 3 closed_early told");
        assertSettled("closed_early");
        assertLetGo();
    }

    @Test
    void aClientThatIsLostOnASharedThread() {
        started(resting);
        resting.awaitRest();
        client.failsAt("last", new LlmException(new Failure.ClientGone("away")));
        resting.arrive();
        submitted.remove().run();
        assertThat(client.awaitEnd()).endsWith("2 b and flush", "fail 3 client_gone told");
        assertSettled("client_gone");
        assertLetGo();
    }

    @Test
    void cancelledWhileItWaitsWithoutAThread() {
        Generation generation = started(resting);
        resting.awaitRest();
        generation.cancel(STOPPED);
        submitted.remove().run();
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a and flush", "fail 2 cancelled told");
        assertSettled("cancelled");
        assertLetGo();
    }

    // ---- by a cancel

    @Test
    void cancelledBeforeItStarts() {
        Generation generation = admitted(provider);
        generation.cancel(STOPPED);
        generation.start(new EventOutlet(chat, dialect, client));
        assertThat(client.awaitEnd()).containsExactly("fail 1 cancelled told");
        assertSettled("cancelled");
        assertThat(provider.timesAsked()).isZero();
    }

    @Test
    void cancelledBeforeTheFirstToken() {
        CountDownLatch asked = new CountDownLatch(1);
        Generation generation = admitted(StubProvider.does("p", () -> {
            asked.countDown();
            await(cancelled);
            throw new LlmException(STOPPED);
        }));
        generation.start(new EventOutlet(chat, dialect, client));
        await(asked);
        cancel(generation);
        assertThat(client.awaitEnd()).containsExactly("fail 1 cancelled told");
        assertSettled("cancelled");
        assertThat(figures.spent()).as("the provider has the prompt").hasSize(1);
    }

    private void cancel(Generation generation) {
        generation.cancel(STOPPED);
        cancelled.countDown();
    }

    @Test
    @DisplayName("What was said before a cancel is delivered, and only the first reason counts")
    void cancelledBetweenTokens() {
        Generation generation = admitted(provider);
        client.at("event", () -> {
            generation.cancel(STOPPED);
            generation.cancel(CUT);
        });
        generation.start(new EventOutlet(chat, dialect, client));
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a", "2 b", "fail 3 cancelled told");
        assertSettled("cancelled");
        assertLetGo();
    }

    @Test
    @DisplayName("A cancel that comes before the end is told makes it a failure, though all has been read")
    void cancelledBeforeTheEndIsTold() {
        CountDownLatch allRead = new CountDownLatch(1);
        Generation generation = started(provider.thenEndsAfter(_ -> {
            allRead.countDown();
            await(cancelled);
        }));
        await(allRead);
        cancel(generation);
        assertThat(client.awaitEnd()).endsWith("fail 3 cancelled told");
        assertThat(client.ends()).hasSize(1);
        assertSettled("cancelled");
        assertLetGo();
    }

    @Test
    void cancelledWhileTheEndIsTold() {
        CountDownLatch telling = new CountDownLatch(1);
        client.at("end", () -> {
            telling.countDown();
            await(cancelled);
        });
        Generation generation = started(provider);
        await(telling);
        cancel(generation);
        client.awaitEnd();
        assertThat(client.ends()).containsExactly("end");
        assertSettled("complete");
        assertLetGo();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void shutdown(boolean begun) {
        StubProvider asked = begun ? provider.thenEndsAfter(cancellation -> cancellation.await(TEST))
                : StubProvider.isSilent("p");
        started(asked);
        // It cancels what has not ended, and waits for the ends.
        TestStores.shutDown(manager);
        client.awaitEnd();
        assertThat(client.ends()).hasSize(1).first().asString().endsWith("cancelled told");
        assertThat(figures.ends()).singleElement().extracting(StreamEnd::outcome).isEqualTo("cancelled");
        assertThat(manager.activeStreams()).isZero();
        assertThat(session.streams()).isEmpty();
        assertThatExceptionOfType(LlmException.class).isThrownBy(() -> admitted(provider));
        assertThat(figures.refused()).hasSize(1);
        assertThat(manager.activeStreams()).isZero();
    }

    // ---- by a client that holds it up

    private BufferedDelivery buffered(Generation generation) {
        FlowConfig flow = new FlowConfig(100, 100, true, FlowConfig.SlowClient.PAUSE, LIMIT);
        return new BufferedDelivery(client, flow, new SlowClients(new Watchdog(), () -> { }), dialect::textOf,
                new BufferedDelivery.Ends(generation::cancel, why -> {
                    generation.giveUp(why);
                    givenUp.complete(Thread.currentThread());
                }));
    }

    private void startHeldUpAt(String step) {
        client.at(step, () -> {
            heldUp.countDown();
            await(takesAgain);
        });
        Generation generation = admitted(provider);
        BufferedDelivery delivery = buffered(generation);
        generation.start(new EventOutlet(chat, dialect, delivery));
        await(heldUp);
        delivery.look(0);
        delivery.look(LIMIT.toNanos());
        awaitAll(givenUp.join());
    }

    private static void awaitAll(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("T19: the stream of a client that is given up is settled at once; it is told why if it goes on")
    void givenUp() {
        startHeldUpAt("event");
        assertSettled("slow_client");
        assertThat(client.ends()).isEmpty();

        takesAgain.countDown();
        assertThat(client.awaitEnd()).containsExactly("begin", "1 a", "flush", "fail 1 slow_client told");
        assertSettled("slow_client");
        assertLetGo();
    }

    @Test
    @DisplayName("T19: a client that is given up when it has had all but the end is not told twice how it ended")
    void givenUpAtTheEnd() {
        startHeldUpAt("flush");
        assertSettled("slow_client");

        takesAgain.countDown();
        client.awaitEnd();
        assertThat(client.ends()).hasSize(1);
        assertSettled("slow_client");
        assertLetGo();
    }

    // ---- by a client that cannot be reached, or a fault on the way to it

    @ParameterizedTest
    @CsvSource({"begin, 1", "event, 3", "last, 2", "end, 4"})
    @DisplayName("Whatever step fails, the client's way is given back with the reason, once")
    void theWayToTheClientFails(String step, int next) {
        client.failsAt(step, new LlmException(new Failure.ClientGone("away")));
        started(step.equals("last") ? resting : provider);
        client.awaitEnd();
        assertThat(client.ends()).endsWith("fail " + next + " client_gone told");
        assertSettled("client_gone");
        assertLetGo();
    }

    @ParameterizedTest
    @CsvSource({"begin, 1", "event, 3", "last, 2", "end, 4"})
    void theWayToTheClientHasAFaultOfOurs(String step, int next) {
        client.failsAt(step, new IllegalStateException("ours"));
        started(step.equals("last") ? resting : provider);
        client.awaitEnd();
        assertThat(client.ends()).endsWith("fail " + next + " internal told");
        assertSettled("internal");
        assertLetGo();
    }

    @Test
    void theClientCannotBeToldOfAFailure() {
        client.failsAt("fail", new LlmException(new Failure.ClientGone("away")));
        started(provider.thenBreaksWith(CUT));
        client.awaitEnd();
        assertThat(client.ends()).hasSize(1);
        assertSettled("closed_early");
        assertLetGo();
    }

    @Test
    void afterAFaultAtTheEndAnErrorDoesNotKeepThePlace() {
        client.failsAt("end", new IllegalStateException("ours")).at("fail", () -> {
            throw new AssertionError("ours too");
        });
        started(provider);
        client.awaitEnd();
        assertThat(client.ends()).containsExactly("end", "fail 4 internal told");
        assertSettled("internal");
        assertLetGo();
    }
}
