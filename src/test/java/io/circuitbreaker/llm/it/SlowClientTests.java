package io.circuitbreaker.llm.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for a client over HTTP that takes its own stream too slowly, whatever is done about it. */
@ExtendWith(ArquillianExtension.class)
abstract class SlowClientTests {

    static final String TIME_LIMIT = "llm.streaming.slow-client-timeout=PT4S";

    static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] TOKEN = Wire.OPENAI.token("x".repeat(4_000)).getBytes(UTF_8);

    abstract void assertShape(LongAnswer.Kind kind, MergedEvents events);

    static double givenUp() {
        return Router.figure("llm_slow_clients_total", "").orElseThrow();
    }

    static void awaitGivenUp(double before) {
        Await.until(SlowClientTests::givenUp, now -> now == before + 1, LONG);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("T43: who reads nothing for a while, then slowly, then all, has every character once and in order")
    void everythingArrives(LongAnswer.Kind kind) throws IOException {
        LongAnswer answer = new LongAnswer(kind);
        String model = Fake.OPENAI.serving(answer.reply());
        double before = givenUp();
        try (SlowReader reader = SlowReader.post(Router.streaming(model), "")) {
            answer.awaitStandstill();
            reader.readSlowly(100_000);
            answer.awaitStandstill();
            MergedEvents events = MergedEvents.of(reader.readAll()).assertComplete();
            assertThat(answer.heard(events)).isEqualTo(answer.expected());
            assertThat(events.last().id()).isEqualTo(answer.eventsForClient());
            assertShape(kind, events);
        }
        assertThat(givenUp()).isEqualTo(before);
        assertThat(Fake.OPENAI.requests(model)).hasSize(1);
    }

    @Test
    @DisplayName("T43: who takes nothing for the time limit is given up; the provider's connection closes without blame")
    void timeLimit() throws IOException {
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("go").trickle(Duration.ZERO, TOKEN));
        double before = givenUp();
        double counted = Router.figure("llm_streams_total", "outcome=\"slow_client\"").orElse(0);
        double errors = Router.figure("llm_provider_error_rate", "provider=\"openai\"").orElseThrow();
        try (SlowReader reader = SlowReader.post(Router.streaming(model), "")) {
            awaitGivenUp(before);
            Fake.OPENAI.awaitQuiet();
            Await.until(() -> Router.figure("llm_streams_active", "").orElseThrow(), active -> active == 0, LONG);
            assertThat(Router.figure("llm_streams_total", "outcome=\"slow_client\"")).hasValue(counted + 1);
            assertThat(Router.figure("llm_provider_error_rate", "provider=\"openai\"").orElseThrow())
                    .isLessThanOrEqualTo(errors);
            assertThat(Fake.OPENAI.requests(model)).as("not retried").hasSize(1);
            List<MergedEvents.Event> had = MergedEvents.of(reader.readAll()).assertEndedBy("slow_client");
            assertThat(new MergedEvents(had).text("content")).matches("gox+");
        }
    }

    @Test
    @DisplayName("T43 T51: a kept stream goes on without the client that began it, which may come back")
    void keptStreamGoesOn() throws IOException {
        LongAnswer answer = new LongAnswer(LongAnswer.Kind.TEXT);
        String model = Fake.OPENAI.serving(answer.reply());
        double before = givenUp();
        try (SlowReader reader = SlowReader.post(Router.streaming(model), "X-LLM-Resume-Grace: PT1M\r\n")) {
            awaitGivenUp(before);
            Fake.OPENAI.awaitQuiet();
            Await.until(() -> Router.figure("llm_streams_active", "").orElseThrow(), active -> active == 0, LONG);
            assertThat(Router.figure("llm_streams_total", "outcome=\"complete\"").orElse(0)).isPositive();
            MergedEvents first = MergedEvents.of(reader.readAll());
            List<MergedEvents.Event> had = first.assertEndedBy("slow_client");
            assertThat(first.last().id()).as("where to go on").isEqualTo(had.getLast().id());
            String rest = Router.exchange("GET", reader.streamUrl() + "?after=" + had.getLast().id(), "",
                    Map.of("Accept", "text/event-stream")).body();
            assertThat(new MergedEvents(had).text("content") + Events.of(rest).text()).isEqualTo(answer.expected());
        }
    }
}
