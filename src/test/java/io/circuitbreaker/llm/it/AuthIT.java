package io.circuitbreaker.llm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No client keys are configured here, so only this machine's own clients are served. */
class AuthIT extends DeployedRouter {

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For: 203.0.113.7", "Forwarded: for=203.0.113.7", "Host: router.example.org",
        "Host: router.example.org:19080", "Host: localhost.example.org", "Host: 127.0.0.1.example.org"})
    void whoComesFromElsewhereIsTurnedAwayWithTheReason(String header) throws IOException {
        try (SocketClient client = SocketClient.connect().post(Router.unary("demo"), header + "\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 401 ").containsIgnoringCase("application/json")
                    .containsIgnoringCase("x-should-retry: false");
            assertThat(client.readTo("}}")).contains("llm.client-keys", "LLM_CLIENT_KEYS", "invalid_api_key");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example.org", "http://localhost.example.org", "null", "http://"})
    void pagesOfOthersAreTurnedAwayWithTheReason(String origin) throws IOException {
        int before = Fake.OPENAI.provider().requests().size();
        String body = Router.unary(Fake.OPENAI.serving(Wire.OPENAI.answer("Hi")));
        try (SocketClient client = SocketClient.connect().post(body, "Origin: " + origin + "\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 401 ");
            assertThat(client.readTo("}}")).contains("llm.cors.allowed-origins", "LLM_CORS_ALLOWED_ORIGINS", "'" + origin + "'");
        }
        assertThat(Fake.OPENAI.provider().requests()).hasSize(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: localhost", "Host: localhost:19080", "Host: LOCALHOST:19080",
        "Host: 127.0.0.1:19080", "Host: [::1]:19080", "Host: localhost\r\nAuthorization: Bearer whatever",
        "Host: localhost\r\nOrigin: http://localhost:3000", "Host: localhost\r\nOrigin: http://[::1]:19080"})
    void whoIsOnThisMachineIsServed(String header) throws IOException {
        try (SocketClient client = SocketClient.connect().post(Router.unary("demo"), header + "\r\n")) {
            assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        }
    }
}
