package io.circuitbreaker.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownKeysTest {

    private static final List<String> KNOWN = List.of("llm.providers", "llm.provider.my-own.api-key");

    @ParameterizedTest
    @ValueSource(strings = {"llm.providers", "LLM_PROVIDERS", "llm_providers", "llm.provider.my-own.api-key",
        "LLM_PROVIDER_MY_OWN_API_KEY", "java.home", "PATH", "llmx.providers"})
    void knownKeysInAnyFormAndThoseOfOthersAreNoMistake(String name) {
        assertThat(UnknownKeys.isKnown(name, KNOWN)).isTrue();
    }

    @Test
    void aVariableOfTheEnvironmentIsNamedAsItIsWritten() {
        assertThat(UnknownKeys.unknown(List.of("llm.provider.nope", "LLM_PROVIDER_NOPE", "llm.providers", "llm.other"), KNOWN))
                .containsExactly("llm.other", "LLM_PROVIDER_NOPE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"llm.provider", "LLM_PROVIDER", "llm.provider.my-own.apikey", "LLM_PROVIDER_OTHER_API_KEY"})
    void othersOfOursAre(String name) {
        assertThat(UnknownKeys.isKnown(name, KNOWN)).isFalse();
    }
}
