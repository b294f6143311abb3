package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same WAR with one page of another host allowed, and a client key that no test has: who gets past it is not let in. */
@ExtendWith(ArquillianExtension.class)
class CorsIT {

    private static final String APP = "https://app.example.org";
    private static final String ALLOWED = "access-control-allow-origin";

    @Deployment(testable = false)
    static WebArchive router() {
        String config = "llm.cors.allowed-origins=" + APP + "\nllm.client-keys=alice:" + "0a".repeat(32) + "\n";
        return DeployedRouter.router().addAsWebInfResource(new StringAsset(config),
                "classes/META-INF/microprofile-config.properties");
    }

    private static HttpResponse<String> preflight(String path, String origin) {
        return Router.exchange("OPTIONS", path, "", Map.of("Origin", origin, "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "authorization,content-type,x-stainless-lang"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/chat/completions", "/v1/streams", "/v1/streams/req_1", "/v1/tickets"})
    void aPreflightNeedsNoKey(String path) {
        HttpResponse<String> response = preflight(path, APP);
        assertThat(response.statusCode()).isEqualTo(204);
        HttpHeaders headers = response.headers();
        assertThat(headers.firstValue(ALLOWED)).hasValue(APP);
        assertThat(headers.firstValue("access-control-allow-headers"))
                .hasValue("authorization, content-type, x-stainless-lang");
        assertThat(headers.firstValue("access-control-allow-methods")).hasValueSatisfying(
                methods -> assertThat(methods).contains("POST", "DELETE"));
    }

    @Test
    void aPageCanReadThatItsKeyIsRefused() {
        HttpResponse<String> response = Router.exchange("POST", "/v1/streams", Router.unary("demo"), Map.of("Origin", APP));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue(ALLOWED)).hasValue(APP);
        assertThat(response.headers().firstValue("access-control-expose-headers")).hasValueSatisfying(
                exposed -> assertThat(exposed).contains("Retry-After"));
    }

    @Test
    void aPageCanLoadTheClient() {
        HttpResponse<String> response = Router.exchange("GET", "/client.js", "", Map.of("Origin", APP));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValueSatisfying(
                type -> assertThat(type).contains("javascript"));
        assertThat(response.headers().firstValue(ALLOWED)).hasValue(APP);
    }

    @Test
    void otherPagesGetNothing() {
        String other = "https://other.example.org";
        HttpResponse<String> refused = preflight("/v1/streams", other);
        assertThat(refused.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        HttpResponse<String> response = Router.exchange("GET", "/client.js", "", Map.of("Origin", other));
        assertThat(response.headers().firstValue(ALLOWED)).isEmpty();
        assertThat(response.headers().firstValue("vary")).hasValue("Origin");
    }
}
