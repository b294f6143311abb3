package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeaderTextTest {

    @Test
    void onlyVisibleAsciiIsLeft() {
        assertThat(HeaderText.clean("gpt-5 ~!")).isEqualTo("gpt-5 ~!");
        assertThat(HeaderText.clean("a\r\nSet-Cookie: b")).isEqualTo("a??Set-Cookie: b");
        assertThat(HeaderText.clean("\u00e9\t\u007f\u0000")).isEqualTo("????");
    }

    @Test
    void itIsNoLongerThanAnyProxyTakes() {
        assertThat(HeaderText.clean("a".repeat(5000))).hasSize(1024);
    }
}
