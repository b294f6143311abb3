package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** While its client is slow the model goes on, and texts that wait are merged. */
class AdaptiveSlowClientIT extends SlowClientTests {

    private static final String KILO = "x".repeat(1_000);

    @Deployment(testable = false)
    static WebArchive router() {
        return ConfiguredRouter.war("llm.streaming.slow-client=adaptive", TIME_LIMIT,
                "llm.streaming.replay-buffer-size=67108864");
    }

    @Test
    @DisplayName("T43: what was read to its end and waited for a client that was given up does not look complete")
    void droppedIsNotComplete() throws IOException {
        // The first that is more than the client's buffers hold; it waits as a whole.
        for (int tokens = 300; ; tokens += 150) {
            String model = Fake.OPENAI.serving(Wire.OPENAI.answer(Collections.nCopies(tokens, KILO).toArray(String[]::new)));
            double before = givenUp();
            try (SlowReader reader = SlowReader.post(Router.streaming(model), "")) {
                Fake.OPENAI.awaitQuiet();
                if (isTakenByBuffers()) {
                    continue;
                }
                awaitGivenUp(before);
                Await.until(AdaptiveSlowClientIT::active, active -> active == 0, LONG);
                List<MergedEvents.Event> had = MergedEvents.of(reader.readAll()).assertEndedBy("slow_client");
                String text = new MergedEvents(had).text("content");
                if (text.length() == tokens * KILO.length()) {
                    // Of this one only the end had to wait: the rest was in the write that was under way.
                    continue;
                }
                assertThat(text).hasSizeLessThan(tokens * KILO.length()).matches("x+");
                return;
            }
        }
    }

    /** Whether the stream ends without a client that reads. */
    private static boolean isTakenByBuffers() {
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (active() > 0 && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return active() == 0;
    }

    private static double active() {
        return Router.figure("llm_streams_active", "").orElseThrow();
    }

    @Override
    void assertShape(LongAnswer.Kind kind, MergedEvents events) {
        boolean merges = kind != LongAnswer.Kind.ARGUMENTS;
        assertThat(events.all().size() < events.last().id()).as("some were merged").isEqualTo(merges);
        if (kind == LongAnswer.Kind.TEXT) {
            assertNumbers(events);
        }
    }

    /** An event has the number of its last part: the first is the role, and each next one a token. */
    private static void assertNumbers(MergedEvents events) {
        long length = 0;
        for (MergedEvents.Event event : events.all()) {
            int more = event.delta().map(delta -> delta.getString("content", "").length()).orElse(0);
            length += more;
            if (more > 0) {
                assertThat(length).isEqualTo((event.id() - 1) * LongAnswer.tokenLength());
            }
        }
    }
}
