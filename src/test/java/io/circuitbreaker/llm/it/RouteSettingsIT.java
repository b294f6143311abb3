package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.testing.FakeReply;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a route is set to do, without a word from the client: hedge, race, ask side by side, go on. */
class RouteSettingsIT extends PatientRouter {

    private static final Duration SOON = Duration.ofSeconds(10);

    @AfterEach
    void nothingIsLeft() {
        Fake.FAULT_OPENAI.awaitQuiet();
        Fake.SPARE_ANTHROPIC.awaitQuiet();
    }

    /** All routes here have these two as their candidates, each by the route's own name. */
    private static HttpResponse<String> ask(String route, FakeReply first, FakeReply second) {
        CountDownLatch firstIsAsked = new CountDownLatch(1);
        String ofFirst = Fake.FAULT_OPENAI.servingAs(route, _ -> {
            firstIsAsked.countDown();
            return first;
        });
        String ofSecond = Fake.SPARE_ANTHROPIC.servingAs(route, second.awaitLatchBeforeHead(firstIsAsked));
        HttpResponse<String> response = Router.post(Router.streaming(route));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(Events.of(response.body()).isDone()).isTrue();
        assertThat(Fake.FAULT_OPENAI.requests(ofFirst)).hasSize(1);
        assertThat(Fake.SPARE_ANTHROPIC.requests(ofSecond)).hasSize(1);
        return response;
    }

    private static FakeReply silent() {
        return FakeReply.sse().send(Wire.OPENAI.beginning()).stall();
    }

    private static void assertSecondAnswered(HttpResponse<String> response, String reason) {
        assertThat(Events.of(response.body()).text()).isEqualTo("Hello");
        assertThat(response.headers().firstValue("x-llm-provider")).contains("spare-anthropic");
        assertThat(response.headers().firstValue("x-llm-fallback-reason")).contains(reason);
        Fake.FAULT_OPENAI.provider().awaitDisconnect(SOON);
    }

    @Test
    @DisplayName("T24: hedge-after of a route")
    void hedgeAfter() {
        assertSecondAnswered(ask("hedged", silent(), Wire.ANTHROPIC.answer("Hel", "lo")),
                "fault-openai/hedged: no token after 100 ms, hedged");
    }

    @Test
    @DisplayName("T24: race of a route")
    void race() {
        assertSecondAnswered(ask("raced", silent(), Wire.ANTHROPIC.answer("Hel", "lo")),
                "fault-openai/raced: raced with spare-anthropic/raced");
    }

    @Test
    void parallel() {
        HttpResponse<String> response = ask("side-by-side", Wire.OPENAI.answer("I am ", "one"),
                Wire.ANTHROPIC.answer("I am ", "another"));
        assertThat(choice(response, 0)).isEqualTo("I am one");
        assertThat(choice(response, 1)).isEqualTo("I am another");
        assertThat(response.headers().firstValue("x-llm-provider")).contains("fault-openai, spare-anthropic");
    }

    private static String choice(HttpResponse<String> response, int index) {
        return Events.of(response.body()).json().stream()
                .map(chunk -> chunk.getJsonArray("choices").getJsonObject(0))
                .filter(choice -> choice.getInt("index") == index)
                .map(choice -> choice.getJsonObject("delta").getString("content", "")).collect(Collectors.joining());
    }

    @Test
    @DisplayName("T19 T25: recovery of a route")
    void recovery() {
        HttpResponse<String> response = ask("recovering", Wire.OPENAI.said("The quick", " brown").cut(),
                Wire.ANTHROPIC.answer(" fox", " jumps."));
        assertThat(Events.of(response.body()).text()).isEqualTo("The quick brown fox jumps.");
        assertThat(Events.of(response.body()).json().stream().filter(chunk -> chunk.containsKey("continuation")))
                .singleElement().satisfies(chunk -> assertThat(chunk.getJsonObject("continuation").getString("from"))
                        .isEqualTo("fault-openai/recovering"));
    }
}
