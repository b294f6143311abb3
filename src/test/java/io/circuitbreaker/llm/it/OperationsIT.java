package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.testing.FakeReply;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsIT extends DeployedRouter {

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void isHealthy(String kind) {
        HttpResponse<String> response = Router.get("/health/" + kind);
        assertThat(response.statusCode()).isEqualTo(200);
        JsonObject health = JsonText.parseObject(response.body());
        assertThat(health.getString("status")).isEqualTo("UP");
        assertThat(health.getJsonArray("checks").getJsonObject(0).getString("name")).isEqualTo("router");
    }

    @Test
    void withoutConfigurationNoOtherHostsPagesMayCall() {
        HttpResponse<String> response =
                Router.exchange("GET", "/v1/models", "", java.util.Map.of("Origin", "https://app.example.org"));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().map()).doesNotContainKeys("access-control-allow-origin", "vary");
    }

    @Test
    void countsStreams() {
        String model = Fake.OPENAI.serving(FakeReply.openAi("a", "b", "c"));
        Router.post(Router.streaming(model));
        Router.post(Router.unary("demo-error"));

        String openAi = "provider=\"openai\"";
        await("llm_streams_total", openAi, 1);
        assertThat(Router.figure("llm_streams_total", "outcome=\"complete\"")).hasValue(1);
        assertThat(Router.figure("llm_streams_total", "outcome=\"provider_failed\"")).hasValue(1);
        assertThat(Router.figure("llm_streams_total", "provider=\"demo\"")).as("counted with its provider").hasValue(1);
        assertThat(Router.figure("llm_tokens_total", "kind=\"prompt\"")).hasValue(5);
        assertThat(Router.figure("llm_tokens_total", "kind=\"completion\"")).hasValue(3);
        assertThat(Router.figure("llm_first_token_seconds_count", openAi)).hasValue(1);
        assertThat(Router.figure("llm_stream_duration_seconds_count", openAi)).hasValue(1);
        assertThat(Router.figure("llm_streams_active", "")).hasValue(0);
        assertThat(Router.figure("llm_provider_streams_active", openAi)).hasValue(0);
    }

    /** A stream is counted after its client has the end of it. */
    private static void await(String name, String tags, double value) {
        long limit = System.nanoTime() + java.time.Duration.ofSeconds(5).toNanos();
        OptionalDouble now = Router.figure(name, tags);
        while (!now.equals(OptionalDouble.of(value)) && System.nanoTime() < limit) {
            now = Router.figure(name, tags);
        }
        assertThat(now).hasValue(value);
    }

    @Test
    void describesItself() {
        HttpResponse<String> openApi = Router.get("/openapi");
        assertThat(openApi.statusCode()).isEqualTo(200);
        assertThat(openApi.body()).contains("/v1/chat/completions", "/v1/models", "Circuit Breaker LLM Router");
        assertThat(Router.get("/openapi/ui/").statusCode()).isEqualTo(200);
    }

    @Test
    void aSlashAtTheEndOfAnAddressDoesNotMatter() {
        assertThat(Router.get("/v1/models/").statusCode()).isEqualTo(200);
        assertThat(codeAt("/v1/chat/completions/")).isEqualTo("model_not_found");
        assertThat(codeAt("/v1/chat/completions/more")).isEqualTo("not_found");
    }

    private static String codeAt(String path) {
        return Router.error(Router.exchange("POST", path, Router.unary("nobodys-model"), Map.of())).getString("code");
    }

    @Test
    void whoForgotTheVersionInTheBaseUrlIsTold() {
        HttpResponse<String> nowhere = Router.exchange("POST", "/chat/completions", Router.unary("demo"), Map.of());
        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(nowhere.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        assertThat(Router.error(nowhere).getString("message")).contains("/v1/chat/completions");
        assertThat(Router.error(nowhere).getString("code")).isEqualTo("not_found");
        assertThat(Router.get("/favicon.ico").body()).doesNotContain("Exception");
    }

    @Test
    void hasAPage() {
        HttpResponse<String> page = Router.get("/");
        Assumptions.assumeTrue(page.statusCode() == 200, "there is no page yet");
        assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
        assertThat(page.body()).containsIgnoringCase("<html");
    }
}
