package io.circuitbreaker.llm.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.circuitbreaker.llm.testing.MapConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredProvidersTest {

    @Test
    void defaults() {
        assertThat(ConfiguredProviders.names(MapConfig.of())).containsExactly("openai", "anthropic", "google", "demo");
    }

    @Test
    void namesKeepTheirOrder() {
        assertThat(ConfiguredProviders.names(MapConfig.of("llm.providers", " b-2 ,a,")))
                .containsExactly("b-2", "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "a b", "a_b", "-a", "a.b", ",", "a,a"})
    void badListsAreNamedWithTheirRule(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> ConfiguredProviders.names(MapConfig.of("llm.providers",
                value)))
                .withMessageContaining("llm.providers must").withMessageContaining("was '" + value + "'");
    }

    @Test
    void thoseThatLackAKeyAreLeftOutAndSaid() {
        List<String> leftOut = new ArrayList<>();
        assertThat(ConfiguredProviders.overHttp(MapConfig.of("ANTHROPIC_API_KEY", "k", "OPENAI_BASE_URL",
                "http://localhost"),
                leftOut::add)).containsExactly("openai", "anthropic");
        assertThat(leftOut).containsExactly("google");
    }

    @Test
    void aBadValueOfOneIsNotHidden() {
        assertThatIllegalArgumentException().isThrownBy(() -> ConfiguredProviders.overHttp(
                MapConfig.of("llm.provider.google.idle-timeout", "soon"), _ -> { }));
    }
}
