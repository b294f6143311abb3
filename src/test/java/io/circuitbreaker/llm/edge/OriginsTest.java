package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,                          localhost:9080,     true
            http://localhost:9080,      localhost:9080,     true
            https://router.example.org, ROUTER.example.org, true
            http://localhost:9081,      localhost:9080,     false
            https://evil.example.org,   localhost:9080,     false
            null,                       localhost:9080,     false
            https://app.example.org,    localhost:9080,     true
            HTTPS://APP.example.org,    localhost:9080,     true
            """)
    void ownPagesAndConfiguredOnesMayConnect(String origin, String host, boolean may) {
        assertThat(Origins.parse("https://app.example.org").mayConnect(origin, host)).isEqualTo(may);
    }

    @Test
    void aStarIsEverybody() {
        assertThat(Origins.parse("*").mayConnect("https://any.example.org", "localhost")).isTrue();
        assertThat(Origins.parse("").areConfigured()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.example.org", "https://app.example.org/", "https://app.example.org/x", "https://a b"})
    void whatIsNoOriginIsRefused(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> Origins.parse(value))
                .withMessageStartingWith("llm.cors.allowed-origins must be").withMessageEndingWith("was '" + value + "'");
    }
}
