package io.circuitbreaker.llm.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.circuitbreaker.llm.chat.LlmException;
import io.circuitbreaker.llm.chat.Recovery;
import io.circuitbreaker.llm.chat.Tactics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingWishesTest {

    private static Tactics tactics(Map<String, String> headers) {
        return RoutingWishes.tactics(headers::get);
    }

    @Test
    void withoutHeadersThereIsNoWish() {
        assertThat(tactics(Map.of())).isEqualTo(Tactics.NONE);
    }

    @Test
    void everyHeaderIsRead() {
        assertThat(tactics(Map.of("X-LLM-Recovery", "continue", "X-LLM-Hedge-After", "PT0.8S", "X-LLM-Race", " 2 ")))
                .isEqualTo(new Tactics(Optional.of(Duration.ofMillis(800)), OptionalInt.of(2), OptionalInt.empty(),
                        Optional.of(Recovery.CONTINUE)));
        assertThat(tactics(Map.of("X-LLM-Parallel", "3")).parallel()).hasValue(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-LLM-Recovery    | retry | must be continue or none, was 'retry'
            X-LLM-Hedge-After | 800   | must be an ISO-8601 duration from PT0.001S to PT1M such as PT0.8S, was '800'
            X-LLM-Race        | 0     | must be a whole number from 1 to 8, was '0'
            X-LLM-Parallel    | 99    | must be a whole number from 1 to 8, was '99'
            """)
    void aBadValueIsRefusedAndNeverIgnored(String header, String value, String rule) {
        assertThatThrownBy(() -> tactics(Map.of(header, value))).isInstanceOf(LlmException.class)
                .hasMessage("the header " + header + " " + rule);
    }

    @Test
    void sideBySideNobodyRaces() {
        assertThatThrownBy(() -> tactics(Map.of("X-LLM-Parallel", "2", "X-LLM-Race", "2")))
                .hasMessageContaining("the header X-LLM-Parallel must be 1 or absent beside X-LLM-Race");
    }
}
