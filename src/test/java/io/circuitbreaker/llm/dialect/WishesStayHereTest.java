package io.circuitbreaker.llm.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.circuitbreaker.llm.chat.JsonText;
import io.circuitbreaker.llm.dialect.anthropic.AnthropicDialect;
import io.circuitbreaker.llm.dialect.google.GoogleDialect;
import io.circuitbreaker.llm.dialect.openai.OpenAiDialect;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WishesStayHereTest {

    static Stream<Dialect> dialects() {
        return Stream.of(new OpenAiDialect(), new AnthropicDialect(), new GoogleDialect());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    @DisplayName("A wish for a request's way is neither sent to a provider nor named as dropped, in any language")
    void neitherSentNorDropped(Dialect dialect) {
        UpstreamRequest sent = dialect.request(new OpenAiDialect().readRequest(JsonText.parseObject("""
                {"model":"a/1","messages":[{"role":"user","content":"Hi"}],"models":["b/2"],"disable_fallbacks":true,
                 "circuit_breaker":{"max_latency_ms":900}}""")), new Upstream("p", "some-model", ApiKey.NONE, ""));

        assertThat(sent.body()).contains("Hi").doesNotContain("models", "b/2", "disable_fallbacks", "circuit_breaker");
        assertThat(sent.dropped()).isEmpty();
    }
}
