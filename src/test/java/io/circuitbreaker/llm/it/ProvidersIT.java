package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import io.circuitbreaker.llm.testing.ReceivedRequest;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How providers do, as operators and orchestrators see it. */
class ProvidersIT extends DeployedRouter {

    /** More than the fewest that say something. */
    private static final int FAILURES = 6;

    @Test
    void allProvidersAreShownInOrderWithoutAddressOrKey() {
        assertThat(ProviderView.all().stream().map(status -> status.getString("name")))
                .startsWith("openai", "anthropic", "google", "demo");
        JsonObject hasty = ProviderView.of("hasty");
        assertThat(hasty.getString("dialect")).isEqualTo("openai");
        assertThat(hasty.getInt("max_concurrent_streams")).isEqualTo(1);
        assertThat(hasty.getString("state")).as("nothing is known").isEqualTo("up");
        assertThat(hasty.getJsonNumber("recent_requests").doubleValue()).isZero();
        assertThat(ProviderView.of("openai").getJsonArray("models").toString()).contains("\"gpt-5\"");
        assertThat(ProviderView.of("demo").containsKey("dialect")).isFalse();
        assertThat(Router.get("/v1/providers").body()).doesNotContain("canary", "127.0.0.1", "http:");
    }

    @Test
    void onlyClientsSeeThem() throws IOException {
        try (SocketClient client = SocketClient.connect().get("/v1/providers", "X-Forwarded-For: 203.0.113.7\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 401 ");
        }
    }

    @Test
    void answersAndFailuresAreSeenAlsoAfterTheFirstToken() {
        String good = Fake.STALE.serving(FakeReply.openAi("fine"));
        String cut = Fake.STALE.serving(Wire.OPENAI.said("so far").cut());
        Router.post(Router.streaming(good));
        Events.of(Router.post(Router.streaming(cut)).body()).assertFailed("stream_closed_early");
        Router.post(Router.streaming(Fake.STALE.serving(Wire.OPENAI.refusal(400, "wrong"))));

        JsonObject status = ProviderView.await("stale", seen -> seen.containsKey("last_failure"));
        assertThat(status.getJsonNumber("recent_requests").doubleValue()).isBetween(1.5, 2.0);
        assertThat(status.getJsonNumber("error_rate").doubleValue()).isBetween(0.4, 0.6);
        assertThat(status.getInt("first_token_ms")).isNotNegative();
        assertThat(status.getJsonObject("last_failure").getString("kind")).isEqualTo("closed_early");
        assertThat(status.getJsonArray("recent_models").getValuesAs(JsonObject.class))
                .extracting(model -> "stale/" + model.getString("model")).containsExactlyInAnyOrder(good, cut);
        assertThat(Router.figure("llm_provider_error_rate", "provider=\"stale\"").orElseThrow()).isBetween(0.4, 0.6);
    }

    @Test
    void whoAskedToBeLeftAloneIsPausedWithTheTime() {
        String model = Fake.BROKEN.serving(Wire.OPENAI.refusal(429, "slow down").header("retry-after", "60"));
        Router.post(Router.unary(model));
        JsonObject status = ProviderView.of("broken");
        assertThat(status.getString("state")).isEqualTo("paused");
        assertThat(status.getString("reason")).isEqualTo("rate limited");
        assertThat(status.getString("until")).isNotEmpty();
        JsonObject paused = status.getJsonArray("recent_models").getJsonObject(0);
        assertThat(paused.getString("paused_because")).isEqualTo("rate limited");
    }

    @Test
    void aProbeAsksForTheModelsWithTheKeyAndItsFailureIsSeen() {
        ProviderView.await("probed", status -> status.containsKey("last_probe")
                && status.getJsonObject("last_probe").getBoolean("succeeded"));
        ReceivedRequest probe = Fake.PROBED.provider().requests().getFirst();
        assertThat(probe.target()).isEqualTo("/v1/models");
        assertThat(probe.header("x-api-key").orElseThrow()).startsWith("canary-probed-");

        Fake.PROBED.modelList = Wire.ANTHROPIC.refusal(503, "the provider's words");
        JsonObject degraded = ProviderView.await("probed", status -> status.getString("state").equals("degraded"));
        assertThat(degraded.getString("reason")).isEqualTo("its last probe failed: it answered with status 503");
        Fake.PROBED.modelList = FakeReply.status(200).body("application/json", "{}");
        ProviderView.await("probed", status -> status.getString("state").equals("up"));
    }

    @Test
    void readinessGoesDownOnlyIfNobodyCanBeExpectedToAnswer() {
        Fake.PROBED.modelList = Wire.ANTHROPIC.refusal(500, "no");
        ProviderView.await("probed", status -> status.getString("state").equals("degraded"));
        for (JsonObject provider : ProviderView.all()) {
            String name = provider.getString("name");
            if (!name.equals("openai") && provider.containsKey("dialect")) {
                fail(name);
            }
        }
        assertReady(true);
        fail("openai");
        JsonObject data = assertReady(false);
        assertThat(data.getString("provider.openai")).matches("degraded: \\d+ % of its requests failed lately");
        assertThat(data.getString("provider.demo")).isEqualTo("up");

        Fake.OPENAI.settleBreaker();
        assertThat(assertReady(true).getString("provider.openai")).isEqualTo("up");
        Fake.PROBED.modelList = FakeReply.status(200).body("application/json", "{}");
    }

    /** Whether or not somebody listens there. */
    private static void fail(String provider) {
        Optional<Fake> fake =
                Arrays.stream(Fake.values()).filter(each -> each.configuredName().equals(provider)).findFirst();
        String model = fake.map(each -> each.serving(each.wire().refusal(500, "no"))).orElse(provider + "/any");
        for (int i = 0; i < FAILURES; i++) {
            assertThat(Router.post(Router.unary(model)).statusCode()).as(model).isIn(502, 503);
        }
        assertThat(ProviderView.state(provider)).isIn("degraded", "breaker_open", "paused");
    }

    private static JsonObject assertReady(boolean ready) {
        HttpResponse<String> response = Router.get("/health/ready");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(ready ? 200 : 503);
        return JsonText.parseObject(response.body()).getJsonArray("checks").getJsonObject(0).getJsonObject("data");
    }
}
