package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SessionsIT extends DeployedRouter {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static JsonObject created(String json) {
        HttpResponse<String> response = Router.exchange("POST", "/v1/sessions", json, Map.of());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        JsonObject session = JsonText.parseObject(response.body());
        assertThat(response.headers().firstValue("location")).hasValue(Router.URL + "/v1/sessions/" + session.getString("id"));
        return session;
    }

    private static JsonObject get(String id) {
        return JsonText.parseObject(Router.get("/v1/sessions/" + id).body());
    }

    @Test
    void aSessionIsCreatedFoundAndListed() {
        JsonObject session = created("{\"protocol\":\"websocket\",\"user_id\":\"ann\",\"project_id\":\"x\"}");
        assertThat(session.getString("protocol")).isEqualTo("websocket");
        JsonObject found = get(session.getString("id"));
        assertThat(found.getString("user_id")).isEqualTo("ann");
        assertThat(found.getString("project_id")).isEqualTo("x");
        assertThat(found.getJsonArray("streams")).isEmpty();
        assertThat(JsonText.parseObject(Router.get("/v1/sessions").body()).getJsonArray("data"))
                .extracting(value -> value.asJsonObject().getString("id")).contains(session.getString("id"));
    }

    @Test
    void whatIsNoSessionIsRefused() {
        assertThat(Router.exchange("POST", "/v1/sessions", "{\"protocol\":\"smoke\"}", Map.of()).statusCode()).isEqualTo(400);
        assertThat(Router.exchange("POST", "/v1/sessions", "{\"user_id\":7}", Map.of()).statusCode()).isEqualTo(400);
        assertThat(Router.get("/v1/sessions/sess_0").statusCode()).isEqualTo(404);
        HttpResponse<String> unknown = Router.exchange("POST", "/v1/chat/completions", Router.unary("demo"),
                Map.of("X-Session-Id", "sess_0"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(Router.error(unknown).getString("code")).isEqualTo("session_not_found");
    }

    @Test
    @DisplayName("T57: closing a session stops its streams and their upstreams")
    void closingStopsItsStreams() {
        String session = created("{}").getString("id");
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        String url = JsonText.parseObject(Router.exchange("POST", "/v1/streams", Router.unary(model),
                Map.of("X-Session-Id", session)).body()).getString("url");
        Await.until(() -> get(session).getJsonArray("streams"), streams -> streams.size() == 1, LONG);
        assertThat(Router.request("DELETE", "/v1/sessions/" + session).statusCode()).isEqualTo(204);
        Fake.OPENAI.awaitQuiet();
        JsonObject stream = Await.until(() -> JsonText.parseObject(Router.get(url).body()),
                state -> state.getString("state").equals("cancelled"), LONG);
        assertThat(stream.getJsonObject("error").getString("message")).contains(session, "was closed");
        assertThat(Router.get("/v1/sessions/" + session).statusCode()).isEqualTo(404);
    }

    @Test
    void aUserOverItsLimitIsRefusedAndTheNextOneIsNot() {
        String ann = created("{\"user_id\":\"limit-ann\"}").getString("id");
        String model = Fake.OPENAI.serving(Wire.OPENAI.said("first").stall());
        for (int i = 0; i < 3; i++) {
            assertThat(begin(model, ann).statusCode()).isEqualTo(202);
        }
        double before = refusals();
        HttpResponse<String> refused = begin(model, ann);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refusals()).as("an operator sees that work is refused").isEqualTo(before + 1);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(Router.error(refused).getString("param")).isEqualTo("llm.streaming.max-concurrent-streams-per-user");
        String bob = created("{\"user_id\":\"limit-bob\"}").getString("id");
        assertThat(begin(model, bob).statusCode()).isEqualTo(202);
        Router.request("DELETE", "/v1/sessions/" + ann);
        Router.request("DELETE", "/v1/sessions/" + bob);
        Fake.OPENAI.awaitQuiet();
        Await.until(() -> Router.figure("llm_streams_active", "").orElse(-1), open -> open == 0, LONG);
    }

    private static double refusals() {
        return Router.figure("llm_streams_total", "outcome=\"limit_reached\",provider=\"none\"").orElse(0);
    }

    private static HttpResponse<String> begin(String model, String session) {
        return Router.exchange("POST", "/v1/streams", Router.unary(model), Map.of("X-Session-Id", session));
    }
}
