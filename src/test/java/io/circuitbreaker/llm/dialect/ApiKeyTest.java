package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyTest {

    private static final String SECRET = "sk-abcdefghijklmnop";

    @ParameterizedTest
    @CsvSource({"sk-abcdefghijklmnop, sk-a***", "AIzaSy123456, AIza***"})
    void longKeyShowsItsBeginning(String secret, String shown) {
        assertThat(new ApiKey(secret)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "key", "secret", "elevenchars"})
    void shortKeyShowsNothing(String secret) {
        assertThat(new ApiKey(secret)).hasToString("***");
    }

    @Test
    void onlyRevealGivesTheSecret() {
        assertThat(new ApiKey(SECRET).reveal()).isEqualTo(SECRET);
    }

    @Test
    void emptyKeyIsNotPresent() {
        assertThat(ApiKey.NONE.isPresent()).isFalse();
        assertThat(new ApiKey(SECRET).isPresent()).isTrue();
    }

    @Test
    void whatCarriesTheKeyDoesNotShowItEither() {
        Upstream upstream = new Upstream("acme", "m", new ApiKey(SECRET), "api-key");
        UpstreamRequest request = new UpstreamRequest("/v1/chat/completions",
                Map.of("Authorization", "Bearer " + SECRET), "{\"prompt\":\"private\"}", List.of());

        assertThat(upstream.toString()).doesNotContain("abcdef");
        assertThat(request.toString()).doesNotContain("abcdef").doesNotContain("private");
    }
}
