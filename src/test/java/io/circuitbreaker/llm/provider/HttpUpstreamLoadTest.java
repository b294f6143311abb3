package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.circuitbreaker.llm.chat.Failure;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HttpUpstreamLoadTest {

    private static final int STREAMS = 2000;
    private static final int AT_ONCE = 200;

    private final Map<String, Cancellation> toCancel = new ConcurrentHashMap<>();

    /** Each request says in its prompt how it is to end. */
    private FakeReply reply(ReceivedRequest request) {
        String prompt = request.json().getJsonArray("messages").getJsonObject(0).getString("content");
        Language language = Language.OPENAI;
        return switch (prompt.substring(0, prompt.indexOf(' '))) {
            case "done" -> language.answer("Hel", "lo");
            case "failed" -> language.begun("Hel").send(language.error);
            case "cut" -> language.begun("Hel").cut();
            case "cancelled" -> {
                Thread.startVirtualThread(() -> toCancel.get(prompt).cancel(new Failure.ClientGone("gone")));
                yield language.begun("Hel").stall();
            }
            case "late" -> language.begun("Hel").stall();
            default -> FakeReply.status(500).body("text/plain", "no such end: " + prompt);
        };
    }

    private void one(TestUpstream test, int number, Map<String, AtomicInteger> ends) {
        String end = List.of("done", "failed", "cut", "cancelled", "late").get(number % 5);
        String prompt = end + " " + number;
        Cancellation cancellation = new Cancellation();
        toCancel.put(prompt, cancellation);
        Answer answer = test.answer(TestUpstream.call(Requests.saying(prompt), cancellation));
        String outcome = answer.complete() ? "Complete" : answer.failure().getClass().getSimpleName();
        ends.computeIfAbsent(end + ": " + outcome, _ -> new AtomicInteger()).incrementAndGet();
    }

    @Test
    @DisplayName("T05: 2,000 streams with mixed ends leave no slot, no connection and no thread behind")
    void nothingIsLeft() throws IOException {
        Map<String, AtomicInteger> ends = new ConcurrentHashMap<>();
        Deadlines deadlines = new Deadlines(TestUpstream.LONG, TestUpstream.LONG, Duration.ofSeconds(2),
                TestUpstream.LONG, TestUpstream.LONG, TestUpstream.LONG);
        AtomicInteger next = new AtomicInteger();
        try (TestUpstream test = TestUpstream.with(Language.OPENAI, deadlines)) {
            test.fake.replyWith(this::reply);
            List<OnVirtualThread<Boolean>> readers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                readers.add(OnVirtualThread.start(() -> {
                    for (int number = next.getAndIncrement(); number < STREAMS; number = next.getAndIncrement()) {
                        one(test, number, ends);
                    }
                    return true;
                }));
            }
            readers.forEach(OnVirtualThread::join);

            assertThat(ends.keySet()).containsExactlyInAnyOrder("done: Complete", "failed: Overloaded",
                    "cut: ClosedEarly",
                    "cancelled: ClientGone", "late: DeadlineExceeded");
            assertThat(ends.values()).allSatisfy(count -> assertThat(count).hasValue(STREAMS / 5));
            test.assertNothingLeft();
            // What is still open is idle in the pool, and goes with it.
            test.client.close();
            test.fake.awaitOpenConnections(0, Duration.ofSeconds(5));
            assertNoThreadIsLeft();
        }
    }

    /** Virtual threads are only to be seen in a dump. */
    private static void assertNoThreadIsLeft() throws IOException {
        Path dump = Files.createTempDirectory("llm-threads").resolve("dump.txt");
        HotSpotDiagnosticMXBean diagnostic = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long giveUpAt = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        List<String> left;
        do {
            diagnostic.dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            left = Files.readAllLines(dump).stream()
                    .filter(line -> line.contains("\"llm-upstream") || line.contains("\"llm-test\"")).toList();
            Files.delete(dump);
        } while (!left.isEmpty() && System.nanoTime() < giveUpAt);
        Files.delete(dump.getParent());
        assertThat(left).isEmpty();
    }
}
