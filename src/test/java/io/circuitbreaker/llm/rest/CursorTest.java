package io.circuitbreaker.llm.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.LlmException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CursorTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,    -,  0
            '',   '', 0
            -,    7,  7
            12,   -,  12
            12,   7,  12
            ' 3', -,  3
            """)
    @DisplayName("The header of a reconnect is newer than the address that the client began with")
    void fromHeaderOrQuery(String header, String query, long cursor) {
        assertThat(Cursor.of(header, query)).isEqualTo(cursor);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            x,  -,   'Last-Event-ID'
            -1, -,   'Last-Event-ID'
            -,  1.5, 'after'
            -,  9999999999999999999, 'after'
            """)
    @DisplayName("T50: a cursor that cannot be one is refused and never ignored")
    void whatIsNoNumberIsRefused(String header, String query, String name) {
        assertThatThrownBy(() -> Cursor.of(header, query)).isInstanceOf(LlmException.class)
                .hasMessageContaining("'" + name + "' must be the id of an event");
    }
}
