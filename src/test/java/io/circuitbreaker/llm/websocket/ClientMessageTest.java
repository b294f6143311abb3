package io.circuitbreaker.llm.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.LlmException;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {

    private static ClientMessage.Chat chat(String more) {
        return (ClientMessage.Chat) ClientMessage.read("{\"type\":\"chat\",\"id\":\"a\",\"request\":{}" + more + "}");
    }

    @Test
    void whatIsNotSaidIsAbsent() {
        ClientMessage.Chat chat = chat("");
        assertThat(chat.credit()).isZero();
        assertThat(chat.session()).isEmpty();
        assertThat(chat.project()).isEmpty();
        assertThat(chat.grace()).isEmpty();
        assertThat(chat.headers()).isEmpty();
        assertThat(chat(",\"headers\":null").headers()).isEmpty();
    }

    @Test
    void everyMemberIsRead() {
        ClientMessage.Chat chat = chat(",\"credit\":3,\"session_id\":\"s\",\"project_id\":\"p\",\"resume_grace\":\"PT1M\"");
        assertThat(chat.credit()).isEqualTo(3);
        assertThat(chat.session()).isEqualTo(Optional.of("s"));
        assertThat(chat.project()).isEqualTo(Optional.of("p"));
        assertThat(chat.grace()).isEqualTo(Optional.of("PT1M"));
    }

    @Test
    @DisplayName("A browser's Headers have their names in lower case")
    void headersHaveTheirNamesInAnyCase() {
        ClientMessage.Chat chat = chat(",\"headers\":{\"x-llm-race\":\"2\",\"X-LLM-Recovery\":\"continue\"}");
        assertThat(chat.headers().get("X-LLM-Race")).isEqualTo("2");
        assertThat(chat.headers().get("X-LLM-Recovery")).isEqualTo("continue");
        assertThat(chat.headers().get("X-LLM-Parallel")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"X-LLM-Race: 2\"", "{\"X-LLM-Race\":2}", "{\"X-LLM-Rase\":\"2\"}"})
    void otherHeadersAreRefusedAndNeverIgnored(String headers) {
        assertThatThrownBy(() -> chat(",\"headers\":" + headers)).isInstanceOf(LlmException.class)
                .hasMessage("'headers' must be an object of strings; it may have X-LLM-Hedge-After, X-LLM-Parallel, "
                        + "X-LLM-Race, X-LLM-Recovery");
    }
}
