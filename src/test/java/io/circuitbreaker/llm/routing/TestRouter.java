package io.circuitbreaker.llm.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.circuitbreaker.llm.chat.ChatMessage;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.LlmRequest;
import io.circuitbreaker.llm.chat.Role;
import io.circuitbreaker.llm.chat.RoutingStrategy;
import io.circuitbreaker.llm.chat.RoutingWish;
import io.circuitbreaker.llm.chat.Sampling;
import io.circuitbreaker.llm.chat.Spent;
import io.circuitbreaker.llm.chat.Tactics;
import io.circuitbreaker.llm.chat.Tooling;
import io.circuitbreaker.llm.provider.Cancellation;
import io.circuitbreaker.llm.provider.LlmProvider;
import io.circuitbreaker.llm.provider.StubProvider;
import io.circuitbreaker.llm.testing.MapConfig;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A router whose time passes only where a test lets it, and whose chances are set. */
final class TestRouter {

    final List<Duration> waits = new ArrayList<>();
    final List<Spent> spent = new CopyOnWriteArrayList<>();
    private final Semaphore told = new Semaphore(0);
    final Deque<Double> chances = new ArrayDeque<>();
    final Cancellation cancellation = new Cancellation();
    final LlmRouter router;
    /** What happens in place of the next wait. */
    Runnable duringWait = () -> { };
    /** How often nothing comes in the time that somebody waits for the first token; after that it is waited for. */
    int silences;
    /** What happens when a first token has been taken, before anything is made of it. */
    Runnable afterFirst = () -> { };
    private final AtomicLong now = new AtomicLong(-5);

    private TestRouter(MapConfig config, LlmProvider... providers) {
        World world = new World(now::get, () -> chances.isEmpty() ? 0.5 : chances.remove(), new TestWaiting());
        router = new LlmRouter(List.of(providers), RouteConfig.load(config), ModelCatalog.load(config), world);
    }

    /** With the route {@code r} over all of them, each with the model {@code m}. */
    static TestRouter over(LlmProvider... providers) {
        return configured(MapConfig.of("llm.routes", "r", "llm.route.r.candidates", candidates(providers)), providers);
    }

    static TestRouter configured(MapConfig config, LlmProvider... providers) {
        return new TestRouter(config, providers);
    }

    static String candidates(LlmProvider... providers) {
        return String.join(",", List.of(providers).stream().map(provider -> provider.name() + "/m").toList());
    }

    long nanoTime() {
        return now.get();
    }

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private final class TestWaiting implements World.Waiting {

        @Override
        public void await(Duration time, Cancellation request) {
            waits.add(time);
            duringWait.run();
            request.throwIfCancelled();
            pass(time);
        }

        @Override
        public <T> Optional<T> first(HandOver<T> coming, Duration time) {
            if (silences == 0) {
                Optional<T> taken = coming.take();
                afterFirst.run();
                return taken;
            }
            silences--;
            waits.add(time);
            pass(time);
            return Optional.empty();
        }
    }

    private void tell(Spent part) {
        spent.add(part);
        told.release();
    }

    /** Waits until this many parts have been told; they may come on other threads, after the answer. */
    List<Spent> awaitSpent(int parts) {
        try {
            assertThat(told.tryAcquire(parts, 10, TimeUnit.SECONDS)).as("told of " + spent).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return spent;
    }

    RoutedStream open(String model) {
        return open(model, RoutingWish.NONE);
    }

    RoutedStream open(String model, RoutingWish wish) {
        return open(request(model, wish));
    }

    RoutedStream open(LlmRequest request) {
        return router.open(request, cancellation, this::tell);
    }

    NoAnswerException noAnswer(String model) {
        return catchThrowableOfType(NoAnswerException.class, () -> open(model));
    }

    LlmException refusal(String model, RoutingWish wish) {
        return catchThrowableOfType(LlmException.class, () -> open(model, wish));
    }

    LlmException refusal(LlmRequest request) {
        return catchThrowableOfType(LlmException.class, () -> open(request));
    }

    /** Ends the request once each of these has been asked. */
    void cancelOnceAsked(Failure why, StubProvider... providers) {
        Thread.ofVirtual().start(() -> {
            while (Arrays.stream(providers).anyMatch(provider -> provider.timesAsked() == 0)) {
                Thread.onSpinWait();
            }
            cancellation.cancel(why);
        });
    }

    static LlmRequest request(String model, RoutingWish wish) {
        return new LlmRequest("openai", JsonValue.EMPTY_JSON_OBJECT, model, List.of(ChatMessage.of(Role.USER, "Hi")),
                Sampling.DEFAULTS, Tooling.NONE, Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), true, false,
                wish);
    }

    static RoutingWish fallbacks(String... models) {
        return new RoutingWish(List.of(models), List.of(), Optional.empty(), Optional.empty(), false);
    }

    static RoutingWish preferring(String... providers) {
        return new RoutingWish(List.of(), List.of(providers), Optional.empty(), Optional.empty(), false);
    }

    static RoutingWish by(RoutingStrategy strategy) {
        return new RoutingWish(List.of(), List.of(), Optional.of(strategy), Optional.empty(), false);
    }

    static RoutingWish within(Duration limit) {
        return new RoutingWish(List.of(), List.of(), Optional.empty(), Optional.of(limit), false);
    }

    static RoutingWish hedging(Duration after) {
        return with(new Tactics(Optional.of(after), OptionalInt.empty(), OptionalInt.empty(), Optional.empty()));
    }

    static RoutingWish racing(int atOnce) {
        return with(new Tactics(Optional.empty(), OptionalInt.of(atOnce), OptionalInt.empty(), Optional.empty()));
    }

    static RoutingWish sideBySide(int choices) {
        return with(new Tactics(Optional.empty(), OptionalInt.empty(), OptionalInt.of(choices), Optional.empty()));
    }

    static RoutingWish with(Tactics tactics) {
        return RoutingWish.NONE.with(tactics);
    }

    static RoutingWish onlyFirst(String... models) {
        return new RoutingWish(List.of(models), List.of(), Optional.empty(), Optional.empty(), true);
    }
}
