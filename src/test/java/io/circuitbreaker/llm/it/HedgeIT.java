package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** T24: several are asked for one answer, the first to speak is taken, and of the others nothing is left. */
class HedgeIT extends DeployedRouter {

    private static final Duration SOON = Duration.ofSeconds(10);
    /** T01 wants 250 ms from the decision; the rest is for machines with other work. */
    private static final Duration PROMPTLY = Duration.ofMillis(250 + 250);
    private static final String HEDGE = "X-LLM-Hedge-After";
    private static final String RACE = "X-LLM-Race";

    @AfterEach
    void nothingIsLeft() {
        Fake.VENDORS.forEach(Fake::awaitQuiet);
    }

    private static String silent(Fake provider) {
        return provider.serving(FakeReply.sse().send(provider.wire().beginning()).stall());
    }

    /** The first model's request with the others as fallbacks. */
    private static String asking(boolean stream, String... models) {
        String others = Arrays.stream(models).skip(1).map(JsonText::quote).collect(Collectors.joining(","));
        return Router.chat(models[0], "Hi", ",\"models\":[" + others + "],\"stream\":" + stream);
    }

    static Stream<Arguments> pairs() {
        return Fake.VENDORS.stream().flatMap(first -> Fake.VENDORS.stream().filter(second -> second != first)
                .flatMap(second -> Stream.of(true, false).map(stream -> Arguments.of(first, second, stream))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("T01 T24: whoever is silent is asked beside the next one, and let go of as soon as that one speaks")
    void theLoserIsLetGo(Fake slow, Fake quick, boolean stream) {
        double before = estimatedPrompts(slow);
        CountDownLatch token = new CountDownLatch(1);
        String loser = silent(slow);
        String winner = quick.serving(quick.wire().answer("Hel", "lo").awaitLatchBeforeHead(token));
        int asked = quick.provider().requests().size();
        long[] decided = new long[1];
        Thread release = Thread.ofVirtual().start(() -> {
            quick.provider().awaitRequests(asked + 1, SOON);
            decided[0] = System.nanoTime();
            token.countDown();
        });

        HttpResponse<String> response = Router.post(asking(stream, loser, winner), HEDGE, "PT0.2S");

        assertThat(text(response, stream)).isEqualTo("Hello");
        assertThat(response.headers().firstValue("x-llm-provider")).contains(quick.configuredName());
        assertThat(response.headers().firstValue("x-llm-attempts")).contains("2");
        assertThat(response.headers().firstValue("x-llm-fallback-reason"))
                .contains(loser + ": no token after 200 ms, hedged");
        assertThat(List.of(slow.requests(loser).size(), quick.requests(winner).size())).containsExactly(1, 1);
        join(release);
        assertThat(slow.provider().awaitDisconnect(SOON).since(decided[0])).isLessThan(PROMPTLY);
        awaitEstimatedPrompts(slow, before + 1);
    }

    private static String text(HttpResponse<String> response, boolean stream) {
        if (!stream) {
            return JsonText.parseObject(response.body()).getJsonArray("choices").getJsonObject(0).getJsonObject("message")
                    .getString("content");
        }
        Events events = Events.of(response.body());
        assertThat(events.isDone()).isTrue();
        return events.text();
    }

    private static double estimatedPrompts(Fake provider) {
        return Router.get("/metrics").body().lines().filter(line -> line.startsWith("llm_tokens_total{"))
                .filter(line -> Stream.of("estimated=\"true\"", "kind=\"prompt\"",
                        "provider=\"" + provider.configuredName() + "\"").allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** The loser tells on its own thread, maybe after the answer; "Hi" is one token. */
    private static void awaitEstimatedPrompts(Fake provider, double tokens) {
        long end = System.nanoTime() + SOON.toNanos();
        while (estimatedPrompts(provider) < tokens && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        assertThat(estimatedPrompts(provider)).isEqualTo(tokens);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFailureBeforeTheTimeMovesOnAtOnce() {
        String broken = Fake.OPENAI.serving(Wire.OPENAI.refusal(500, "broken"));
        String next = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("fine"));
        HttpResponse<String> response = Router.post(asking(true, broken, next), HEDGE, "PT1M");
        assertThat(Events.of(response.body()).text()).isEqualTo("fine");
        assertThat(response.headers().firstValue("x-llm-fallback-reason")).contains(broken + ": failed");
        Fake.OPENAI.settleBreaker();
    }

    @Test
    void aRaceAsksTheFirstOnesAndNobodyElse() {
        String first = silent(Fake.OPENAI);
        String second = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("fine"));
        String third = Fake.GOOGLE.serving(Wire.GOOGLE.answer("no"));
        HttpResponse<String> response = Router.post(asking(true, first, second, third), RACE, "2");
        assertThat(Events.of(response.body()).text()).isEqualTo("fine");
        assertThat(response.headers().firstValue("x-llm-fallback-reason")).contains(first + ": raced with " + second);
        assertThat(Fake.GOOGLE.requests(third)).isEmpty();
        Fake.OPENAI.provider().awaitDisconnect(SOON);
    }

    @Test
    void whatTheRequestIsToBlameForEndsTheRaceWithItsStatus() {
        String first = silent(Fake.OPENAI);
        String second = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.refusal(400, "prompt is too long"));
        String third = Fake.GOOGLE.serving(Wire.GOOGLE.answer("no"));
        HttpResponse<String> response = Router.post(asking(true, first, second, third), RACE, "2");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Router.error(response).getString("code")).isEqualTo("context_length_exceeded");
        assertThat(Fake.GOOGLE.requests(third)).isEmpty();
        Fake.OPENAI.provider().awaitDisconnect(SOON);
    }

    @Test
    @DisplayName("T01: a client that leaves lets go of all who were asked")
    void aClientThatLeavesEndsTheRace() throws IOException {
        SocketClient client = SocketClient.connect().post(asking(true, silent(Fake.OPENAI), silent(Fake.GOOGLE)),
                RACE + ": 2\r\n");
        Fake.OPENAI.provider().awaitActiveStreams(1, SOON);
        Fake.GOOGLE.provider().awaitActiveStreams(1, SOON);
        client.reset();
        Fake.OPENAI.provider().awaitDisconnect(SOON);
        Fake.GOOGLE.provider().awaitDisconnect(SOON);
    }

    @Test
    @DisplayName("T06: losing says nothing about a provider, however often")
    void losersBreakersStayClosed() {
        // What did fail once says nothing of those that lose after it.
        Router.post(Router.unary(Fake.OPENAI.serving(Wire.OPENAI.refusal(500, "broken"))));
        for (int i = 0; i < 30; i++) {
            String winner = Fake.ANTHROPIC.serving(Wire.ANTHROPIC.answer("fine"));
            Router.post(asking(true, silent(Fake.OPENAI), winner), HEDGE, "PT0.05S");
            Fake.OPENAI.provider().awaitDisconnect(SOON);
        }
        String model = Fake.OPENAI.serving(Wire.OPENAI.answer("still", " here"));
        assertThat(Events.of(Router.post(Router.streaming(model)).body()).text()).isEqualTo("still here");
    }
}
