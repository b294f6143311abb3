package io.circuitbreaker.llm.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.routing.RoutedStream;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A way to a client that notes the steps that reach it, and then does at each what the test says: it may throw or wait. */
final class RecordedDelivery implements Delivery {

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final Map<String, Runnable> actions = new ConcurrentHashMap<>();
    private final Semaphore ended = new Semaphore(0);
    private volatile Thread ending;

    /** @param step the name of a method */
    RecordedDelivery at(String step, Runnable action) {
        actions.put(step, action);
        return this;
    }

    RecordedDelivery failsAt(String step, RuntimeException why) {
        return at(step, () -> {
            throw why;
        });
    }

    List<String> steps() {
        return List.copyOf(steps);
    }

    /** How the stream ended for this client, each time that it did. */
    List<String> ends() {
        return steps.stream().filter(step -> step.equals("end") || step.startsWith("fail")).toList();
    }

    /** Waits until it has its end, and whoever brought that has done all that follows. */
    List<String> awaitEnd() {
        try {
            assertThat(ended.tryAcquire(10, TimeUnit.SECONDS)).as("ended after " + steps).isTrue();
            assertThat(ending.join(Duration.ofSeconds(10))).as("the thread that brought the end ends").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return steps();
    }

    private void note(String method, String step) {
        steps.add(step);
        actions.getOrDefault(method, () -> { }).run();
    }

    private void noteEnd(String method, String step) {
        ending = Thread.currentThread();
        ended.release();
        note(method, step);
    }

    @Override
    public void begin(RoutedStream answer) {
        note("begin", "begin");
    }

    @Override
    public void event(long id, String data) {
        note("event", id + " " + shown(data));
    }

    @Override
    public void last(long id, String data) {
        note("last", id + " " + shown(data) + " and flush");
    }

    @Override
    public void flush() {
        note("flush", "flush");
    }

    @Override
    public void heartbeat() {
        note("heartbeat", "heartbeat");
    }

    @Override
    public void end() {
        noteEnd("end", "end");
    }

    @Override
    public void fail(LlmException why, long id, String data) {
        noteEnd("fail", "fail " + id + " " + why.failure().kind() + (data.isEmpty() ? "" : " told"));
    }

    private static String shown(String data) {
        if (!data.startsWith("{")) {
            return data;
        }
        JsonObject json = JsonText.parseObject(data);
        return json.containsKey("error") ? "error " + json.getJsonObject("error").getString("code", "") : json
                .getJsonArray("choices").getJsonObject(0).getJsonObject("delta").getString("content");
    }
}
