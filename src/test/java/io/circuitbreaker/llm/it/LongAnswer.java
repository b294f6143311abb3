package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.OpenAiEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An answer of more bytes than all buffers between provider and client can hold, as fast as it can be sent. */
final class LongAnswer {

    /** What most of it is. */
    enum Kind {

        TEXT(OpenAiEvents::content),
        REASONING(OpenAiEvents::reasoning),
        ARGUMENTS(fragment -> OpenAiEvents.toolArguments(0, fragment));

        private final UnaryOperator<String> event;

        Kind(UnaryOperator<String> event) {
            this.event = event;
        }
    }

    private static final int TOKENS = 16_000;
    private static final Duration STANDSTILL = Duration.ofMillis(400);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Kind kind;
    private final AtomicInteger sent = new AtomicInteger();

    LongAnswer(Kind kind) {
        this.kind = kind;
    }

    /** With what is easily broken where texts are joined or counted. */
    private static String token(int number) {
        return "%06d \"\\\n\u00e4\ud83d\ude00".formatted(number) + "x".repeat(1_000);
    }

    String expected() {
        return IntStream.range(0, TOKENS).mapToObj(LongAnswer::token).collect(Collectors.joining());
    }

    static int tokenLength() {
        return token(0).length();
    }

    FakeReply reply() {
        List<String> events = new ArrayList<>(List.of(OpenAiEvents.role()));
        if (kind == Kind.ARGUMENTS) {
            events.add(OpenAiEvents.toolCall(0, "call_1", "write"));
        }
        for (int i = 0; i < TOKENS; i++) {
            events.add(kind.event.apply(token(i)));
        }
        events.add(OpenAiEvents.finish(kind == Kind.ARGUMENTS ? "tool_calls" : "stop"));
        events.add(OpenAiEvents.usage(5, TOKENS));
        events.add(OpenAiEvents.DONE);
        return FakeReply.sse().sendCounted(sent, events);
    }

    /** How many events it has: each but the one with usage reaches a client that did not ask for that. */
    long eventsForClient() {
        return TOKENS + (kind == Kind.ARGUMENTS ? 4 : 3);
    }

    /** Waits until the provider cannot send any more, and asserts that it would if it could. */
    void awaitStandstill() {
        long end = System.nanoTime() + LIMIT.toNanos();
        int before = -1;
        for (int now = sent.get(); now == 0 || now != before; now = sent.get()) {
            assertThat(System.nanoTime() - end).as("still sending").isNegative();
            before = now;
            LockSupport.parkNanos(STANDSTILL.toNanos());
        }
        assertThat(before).as("events sent while nobody reads").isLessThan(TOKENS);
    }

    String heard(MergedEvents events) {
        return switch (kind) {
            case TEXT -> events.text("content");
            case REASONING -> events.text("reasoning_content");
            case ARGUMENTS -> events.arguments();
        };
    }
}
