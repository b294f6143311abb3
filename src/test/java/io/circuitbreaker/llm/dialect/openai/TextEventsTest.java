package io.circuitbreaker.llm.dialect.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.dialect.TextEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextEventsTest {

    private static String chunk(String delta, String rest) {
        return "{\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{" + delta + "},\"finish_reason\":null}]" + rest + "}";
    }

    @Test
    void aTextIsFoundWithItsEscapes() {
        String json = chunk("\"content\":\"a\\\"b\\n\"", "");
        TextEvent event = TextEvents.of(json).orElseThrow();
        assertThat(event.text()).isEqualTo("a\\\"b\\n");
        assertThat(event.before() + event.text() + event.after()).isEqualTo(json);
    }

    @Test
    void eventsOfOneKindContinueEachOther() {
        TextEvent content = TextEvents.of(chunk("\"content\":\"a\"", "")).orElseThrow();
        assertThat(TextEvents.of(chunk("\"content\":\"b\"", "")).orElseThrow().continues(content)).isTrue();
        assertThat(TextEvents.of(chunk("\"reasoning_content\":\"b\"", "")).orElseThrow().continues(content)).isFalse();
        assertThat(TextEvents.of(chunk("\"content\":\"b\"", ",\"x\":1")).orElseThrow().continues(content)).isFalse();
    }

    @Test
    void paddingIsNoDifference() {
        TextEvent first = TextEvents.of(chunk("\"content\":\"a\"", ",\"usage\":null,\"obfuscation\":\"xy\"")).orElseThrow();
        TextEvent next = TextEvents.of(chunk("\"content\":\"b\"", ",\"usage\":null,\"obfuscation\":\"z\"")).orElseThrow();
        assertThat(next.continues(first)).isTrue();
        assertThat(first.after()).doesNotContain("obfuscation").endsWith(",\"usage\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[DONE]", "{", "{}", "{\"choices\":[]}", "{\"error\":{\"message\":\"no\"}}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[]}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":{\"content\":\"b\"}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\",\"reasoning_content\":\"b\"}}]}",
        "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"x\"}}]}}]}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"continuation\":{\"from\":\"b\"}}",
        "{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"total_tokens\":3}}"})
    void whatSaysMoreIsLeftAlone(String json) {
        assertThat(TextEvents.of(json)).isEmpty();
    }
}
