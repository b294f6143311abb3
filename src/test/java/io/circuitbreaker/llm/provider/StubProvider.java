package io.circuitbreaker.llm.provider;

import io.circuitbreaker.llm.chat.ChunkStream;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Prefill;
import io.circuitbreaker.llm.chat.StreamHead;
import io.circuitbreaker.llm.chat.StreamingChunk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A provider that does as it is told, step by step; the last step is repeated. Counts how often it was asked. */
public final class StubProvider implements LlmProvider, ActiveStreams, Prefilling {

    private final AtomicInteger refusals = new AtomicInteger();
    private final String name;
    private final List<Consumer<ProviderCall>> steps = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Boolean> othersWaited = new CopyOnWriteArrayList<>();
    private final List<String> listed = new ArrayList<>();
    private final AtomicInteger timesClosed = new AtomicInteger();
    private final List<LlmRequest> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch silent = new CountDownLatch(1);
    private List<StreamingChunk> chunks = List.of();
    private Optional<Failure> breaksWith = Optional.empty();
    private Consumer<Cancellation> beforeItsEnd = _ -> { };
    private Prefill prefill = Prefill.NONE;
    private int activeStreams;

    private StubProvider(String name) {
        this.name = name;
    }

    public static StubProvider answers(String name) {
        return new StubProvider(name).thenAnswers();
    }

    public static StubProvider failsWith(String name, Failure failure) {
        return new StubProvider(name).thenFailsWith(failure);
    }

    /** Takes the request and says nothing until it is called off. */
    public static StubProvider isSilent(String name) {
        StubProvider provider = new StubProvider(name);
        provider.steps.add(call -> {
            call.nextAttempt();
            provider.silent.countDown();
            call.cancellation().await(Duration.ofMinutes(1));
            throw new AssertionError("nobody called " + name + " off");
        });
        return provider;
    }

    /** Answers when all of these have been asked and are silent. */
    public static StubProvider answersAfter(String name, StubProvider... others) {
        return does(name, () -> List.of(others).forEach(StubProvider::awaitSilence));
    }

    private void awaitSilence() {
        await(name, silent);
    }

    private static void await(String name, CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " was not asked, or not let go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does whatever the step does before it answers; the step may throw. */
    public static StubProvider does(String name, Runnable step) {
        StubProvider provider = new StubProvider(name);
        provider.steps.add(call -> {
            call.nextAttempt();
            step.run();
        });
        return provider;
    }

    /** Answers when the test lets it. */
    public static StubProvider answersAfter(String name, CountDownLatch release) {
        return does(name, () -> await(name, release));
    }

    /** Fails by a fault of ours. */
    public static StubProvider isBroken(String name) {
        return does(name, () -> {
            throw new AssertionError("ours");
        });
    }

    /** Is asked for an answer and sent nothing; the step ends that by throwing. */
    public static StubProvider isNotReached(String name, Runnable step) {
        StubProvider provider = new StubProvider(name);
        provider.steps.add(_ -> step.run());
        return provider;
    }

    public StubProvider thenAnswers() {
        steps.add(ProviderCall::nextAttempt);
        return this;
    }

    /** As a provider does that repeats a request by itself. */
    public static StubProvider failsWith(String name, Failure failure, int attempts) {
        return new StubProvider(name).then(failure, attempts);
    }

    public StubProvider thenFailsWith(Failure failure) {
        return then(failure, 1);
    }

    private StubProvider then(Failure failure, int attempts) {
        steps.add(call -> {
            for (int i = 0; i < attempts; i++) {
                call.nextAttempt();
            }
            throw new LlmException(failure);
        });
        return this;
    }

    public StubProvider lists(String... models) {
        listed.addAll(List.of(models));
        return this;
    }

    public StubProvider busyWith(int streams) {
        activeStreams = streams;
        return this;
    }

    /** What all of its answers are made of. */
    public StubProvider says(StreamingChunk... said) {
        chunks = List.of(said);
        return this;
    }

    /** What its answers end with after the last chunk; otherwise they end well. */
    public StubProvider thenBreaksWith(Failure failure) {
        breaksWith = Optional.of(failure);
        return this;
    }

    /** What happens when the last chunk of an answer has been taken, while its end is waited for. */
    public StubProvider thenEndsAfter(Consumer<Cancellation> step) {
        beforeItsEnd = step;
        return this;
    }

    /** How it takes the beginning of its own answer; otherwise it does not. */
    public StubProvider takes(Prefill way) {
        prefill = way;
        return this;
    }

    @Override
    public Prefill prefill(LlmRequest request, String model) {
        return prefill;
    }

    /** What it was asked, in order. */
    public List<LlmRequest> requests() {
        return List.copyOf(requests);
    }

    /** How often an answer was closed. */
    public int timesClosed() {
        return timesClosed.get();
    }

    @Override
    public void breakerRefused() {
        refusals.incrementAndGet();
    }

    /** How often it was told that its breaker refused a request. */
    public int timesRefused() {
        return refusals.get();
    }

    /** How often it was opened. */
    public int timesAsked() {
        return asked.size();
    }

    /** Each time it was asked, whether somebody else waited to be. */
    public List<Boolean> othersWaited() {
        return List.copyOf(othersWaited);
    }

    /** Which models it was asked for, in order. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> models() {
        return List.copyOf(listed);
    }

    @Override
    public int activeStreams() {
        return activeStreams;
    }

    @Override
    public ChunkStream open(ProviderCall call) {
        Consumer<ProviderCall> step = steps.get(Math.min(asked.size(), steps.size() - 1));
        asked.add(call.model());
        othersWaited.add(call.othersWait());
        requests.add(call.request());
        step.accept(call);
        return new StubStream(new StreamHead("chatcmpl-1", 0, call.model(), name), chunks, () -> end(call.cancellation()),
                call.cancellation(), timesClosed);
    }

    private Optional<Failure> end(Cancellation cancellation) {
        beforeItsEnd.accept(cancellation);
        return breaksWith;
    }
}
